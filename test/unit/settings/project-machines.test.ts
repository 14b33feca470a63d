import { mistakesIn, parse, specOf } from "./support";

describe("a virtual machine", () => {
  test("that says nothing more has every default", () => {
    expect(specOf("INFRA_TYPE=vm")).toEqual({
      ...specOf(""),
      type: "vm",
      backend: "libvirt",
      image: "groundwork/debian",
      diskGiB: 20,
      login: { user: "vagrant" },
    });
  });

  test("that says everything is understood", () => {
    const text = `INFRA_TYPE=vm\nPROVIDER=virtualbox\nBOX=debian/bookworm64\nDISK_SIZE=30g\nSSH_USER=ada
      SSH_KEY=~/.ssh/id\nPORTS=8080:80\nCPUS=4`;
    expect(specOf(text)).toMatchObject({
      type: "vm",
      backend: "virtualbox",
      image: "debian/bookworm64",
      diskGiB: 30,
      cpus: 4,
      login: { user: "ada", keyFile: "/home/ada/.ssh/id" },
      ports: [{ host: 8080, inside: 80 }],
    });
  });

  test("on VirtualBox has the well-known box where none is named: that of set-up is for libvirt", () => {
    expect(specOf("INFRA_TYPE=vm\nPROVIDER=virtualbox").image).toBe("debian/bookworm64");
  });

  test("has a key whose path begins at the project", () => {
    expect(specOf("INFRA_TYPE=vm\nSSH_KEY=keys/id").login?.keyFile).toBe("/srv/projects/my-app/keys/id");
  });

  test("is not told that DISK_SIZE has no effect", () => {
    expect(parse("INFRA_TYPE=vm\nDISK_SIZE=30g").warnings).toEqual([]);
  });

  const keyAllowed = "allowed: the path of a private key that only you may read (~/.ssh/id_ed25519).";
  test.each([
    ["PROVIDER=podman", 'PROVIDER: "podman" runs containers, not virtual machines; allowed: libvirt or virtualbox.'],
    [
      "PROVIDER=vagrant",
      'PROVIDER: "vagrant" is what sets virtual machines up, on a provider of its own; allowed: libvirt or virtualbox.',
    ],
    [
      "CPUS=1.5",
      'CPUS: "1.5" is not a whole number, as a virtual machine needs; allowed: a number from 1 to 1024 with at most 2 decimals (2, 1.5).',
    ],
    [
      "PORTS=53:53/udp",
      'PORTS: "127.0.0.1:53:53/udp" cannot be forwarded to a virtual machine, which is done over SSH; allowed: tcp.',
    ],
    [
      "IMAGE=debian:12",
      "IMAGE: is for containers (a virtual machine has a BOX); allowed: no such line for a virtual machine.",
    ],
    [
      "COMMAND=sleep 1",
      "COMMAND: is for containers (a virtual machine runs what its box starts); allowed: no such line for a virtual machine.",
    ],
    ["VOLUMES=./a:/a", "VOLUMES: is for containers; allowed: no such line for a virtual machine."],
    [
      "BOX=a/b/c",
      'BOX: "a/b/c" is not the name of a box; allowed: a Vagrant box ([owner/]name: debian/bookworm64), or a cloud image: the path or the address of a .qcow2 or .img file.',
    ],
    [
      "SSH_USER=Ada",
      "SSH_USER: \"Ada\" is not a user's name; allowed: a user's name of 1 to 32 characters a-z, 0-9, _ and -, beginning with a letter or _.",
    ],
    ["SSH_KEY=", `SSH_KEY: is not a path of a key; ${keyAllowed}`],
  ])("is refused for %s", (text, message) => {
    expect(mistakesIn(`INFRA_TYPE=vm\n${text}`)).toEqual([`line 2: ${message}`]);
  });

  test("is refused for a key that does not exist", () => {
    expect(mistakesIn("INFRA_TYPE=vm\nSSH_KEY=id", { pathExists: () => false })).toEqual([
      `line 2: SSH_KEY: "id" leads to "/srv/projects/my-app/id", which does not exist on this host; ${keyAllowed}`,
    ]);
  });

  test("is refused for a key that others may read, with the command that closes it", () => {
    expect(mistakesIn("INFRA_TYPE=vm\nSSH_KEY=id", { isPrivate: () => false })).toEqual([
      `line 2: SSH_KEY: "id" may be read by others (\`chmod 600 /srv/projects/my-app/id\` mends it); ${keyAllowed}`,
    ]);
  });
});
