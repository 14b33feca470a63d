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

test("a virtual machine is reached by SSH, by its own key alone, and its host key is written nowhere", () => {
  const connection = { kind: "ssh", host: "10.0.0.2", port: 2222, user: "vagrant", keyFile: "/home/ada/key" } as const;
  const { all } = JSON.parse(renderInventory("web", connection)) as {
    all: { hosts: { web: Record<string, unknown> } };
  };
  expect(all.hosts.web).toMatchObject({
    ...{ ansible_connection: "ssh", ansible_host: "10.0.0.2", ansible_port: 2222, ansible_user: "vagrant" },
    ansible_ssh_private_key_file: "/home/ada/key",
    ansible_ssh_common_args: expect.stringContaining("-o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes") as string,
  });
});
