import { renderInventory } from "../../../playbooks/inventory";

test("a container is reached by its program's exec", () => {
  expect(JSON.parse(renderInventory("web", { kind: "container", program: "podman", container: "web-1a2b3c" }))).toEqual(
    {
      all: {
        hosts: {
          web: {
            ansible_connection: "groundwork_container",
            ansible_host: "web-1a2b3c",
            groundwork_program: "podman",
          },
        },
      },
    },
  );
});

test("a virtual machine is reached by OpenSSH, with its own configuration alone", () => {
  const connection = { kind: "ssh", host: "web-1a2b3c", configFile: "/home/ada's/ssh_config" } as const;
  expect(JSON.parse(renderInventory("web", connection))).toEqual({
    all: {
      hosts: {
        web: {
          ansible_connection: "ssh",
          ansible_host: "web-1a2b3c",
          ansible_ssh_common_args: String.raw`-F '/home/ada'\''s/ssh_config'`,
        },
      },
    },
  });
});
