import { describeViolation } from "../../../settings/errors";
import { stackHash } from "../../../settings/identity";
import type { InstanceSpec } from "../../../settings/instance-spec";
import { parseStack, type StackContext } from "../../../settings/stack";
import { refusalOf } from "../../support/refusal";
import { mistakesIn } from "./support";

const context: StackContext = {
  stack: "dev",
  directory: "/opt/groundwork",
  home: "/home/ada",
  hostDefaults: { image: "localhost/groundwork:1", box: "groundwork/debian" },
};

const refusal = (config: unknown, changes: Partial<StackContext> = {}) => {
  return refusalOf(() => parseStack(config, { ...context, ...changes }));
};
const mistakes = (config: unknown): string[] => refusal(config).violations.map(describeViolation);
const instances = (map: unknown): InstanceSpec[] => {
  const settings = parseStack({ kind: "instances", instances: map }, context);
  return settings.kind === "instances" ? [...settings.instances] : [];
};
const mistakesOfWeb = (web: unknown): string[] => mistakes({ kind: "instances", instances: { web } });

describe("a stack of instances", () => {
  test("gives an instance that says nothing every default", () => {
    expect(instances({ web: {} })).toEqual([
      {
        id: "web",
        name: `web-${stackHash("dev")}`,
        type: "container",
        backend: "podman",
        memoryMiB: 2048,
        cpus: 2,
        image: "localhost/groundwork:1",
        command: [],
        ports: [],
        volumes: [],
        environment: {},
        power: "running",
        networkMode: "default",
      },
    ]);
  });

  test("understands every key", () => {
    const web = {
      type: "container",
      provider: "podman",
      memory: "1.5G",
      cpus: 1.5,
      image: "nginx",
      command: "nginx -g 'daemon off;'",
      ports: ["8080:80", "auto:53/udp"],
      volumes: ["./site:/srv:ro", "~/notes:/notes", "cache:/var/cache"],
      environment: { GREETING: "hello", NUMBER: 8080, FLAG: true },
      networkMode: "bridge",
      ipAddress: "192.168.58.10",
      power: "stopped",
      name: "old-web",
    };
    expect(instances({ web })).toEqual([
      {
        id: "web",
        name: "old-web",
        type: "container",
        backend: "podman",
        memoryMiB: 1536,
        cpus: 1.5,
        image: "nginx",
        command: ["nginx", "-g", "daemon off;"],
        ports: [
          { address: "127.0.0.1", host: 8080, inside: 80, protocol: "tcp" },
          { address: "127.0.0.1", host: "auto", inside: 53, protocol: "udp" },
        ],
        volumes: [
          { source: "/opt/groundwork/site", target: "/srv", readOnly: true },
          { source: "/home/ada/notes", target: "/notes", readOnly: false },
          { source: "cache", target: "/var/cache", readOnly: false },
        ],
        environment: { GREETING: "hello", NUMBER: "8080", FLAG: "true" },
        power: "stopped",
        networkMode: "bridge",
        ipAddress: "192.168.58.10",
      },
    ]);
  });

  test("takes a command in a list as it stands", () => {
    expect(instances({ web: { command: ["sh", "-c", "a && b $C"] } })[0]?.command).toEqual(["sh", "-c", "a && b $C"]);
  });

  test("takes a number of MiB", () => {
    expect(instances({ web: { memory: 1024 } })[0]?.memoryMiB).toBe(1024);
  });

  test("may be empty", () => {
    expect(instances({})).toEqual([]);
  });

  test.each([
    ["MEMORY=0x200", { memory: "0x200" }, "memory"],
    ["MEMORY=511", { memory: 511 }, "memory"],
    ["MEMORY=2048.5", { memory: 2048.5 }, "memory"],
    ["CPUS=0", { cpus: 0 }, "cpus"],
    ["INFRA_TYPE=pod", { type: "pod" }, "type"],
    ["BOX=a/b", { box: "a/b" }, "box"],
    ["SSH_USER=ada", { sshUser: "ada" }, "sshUser"],
    ["SSH_KEY=id", { sshKey: "id" }, "sshKey"],
    ["PROVIDER=virtualbox", { provider: "virtualbox" }, "provider"],
    ["IMAGE=-x", { image: "-x" }, "image"],
    ["COMMAND=a | b", { command: "a | b" }, "command"],
    ["PORTS=0:80,auto:", { ports: ["0:80", "auto:"] }, "ports"],
    ["PORTS=80", { ports: [80] }, "ports"],
    ["VOLUMES=a:b", { volumes: ["a:b"] }, "volumes"],
    ["NETWORK_MODE=host", { networkMode: "host" }, "networkMode"],
    ["IP_ADDRESS=10.0.0.1", { ipAddress: "10.0.0.1" }, "ipAddress"],
  ])("says of a wrong value what an .env says of %s", (line, web, key) => {
    const expected = mistakesIn(line).map((text) => text.replace(/^line 1: \w+/, `instances.web.${key}`));
    expect(mistakesOfWeb(web)).toEqual(expected);
  });

  test.each([
    ["PROVIDER=podman", { provider: "podman" }, "provider"],
    ["CPUS=1.5", { cpus: 1.5 }, "cpus"],
    ["PORTS=1:1/udp", { ports: ["1:1/udp"] }, "ports"],
    ["DISK_SIZE=1", { diskGiB: 1 }, "diskGiB"],
    ["BOX=-", { box: "-" }, "box"],
    ["IMAGE=debian", { image: "debian" }, "image"],
    ["COMMAND=ls", { command: ["ls"] }, "command"],
    ["VOLUMES=a:/b", { volumes: ["a:/b"] }, "volumes"],
  ])("says of a wrong value of a virtual machine what an .env says of %s", (line, web, key) => {
    const expected = mistakesIn(`INFRA_TYPE=vm\n${line}`).map((text) =>
      text.replace(/^line 2: \w+/, `instances.web.${key}`),
    );
    expect(mistakesOfWeb({ type: "vm", ...web })).toEqual(expected);
  });

  test("understands a virtual machine", () => {
    const web = {
      type: "vm",
      box: "debian/bookworm64",
      diskGiB: 30,
      sshUser: "ada",
      sshKey: "keys/id",
      ports: ["1:2"],
    };
    expect(instances({ web })).toMatchObject([
      {
        type: "vm",
        backend: "libvirt",
        image: "debian/bookworm64",
        diskGiB: 30,
        command: [],
        volumes: [],
        login: { user: "ada", keyFile: "/opt/groundwork/keys/id" },
      },
    ]);
  });

  test("refuses a disk for a container", () => {
    expect(mistakesOfWeb({ diskGiB: 30 })).toEqual([
      "instances.web.diskGiB: is for virtual machines (a container has no disk of its own); allowed: no such line for a container.",
    ]);
  });

  test("tells what does not suit the type beside what is wrong in itself", () => {
    expect(mistakesOfWeb({ type: "vm", memory: 1, image: "debian" })).toHaveLength(2);
  });

  test.each([
    [{ memory: true }, "instances.web.memory: is true; allowed: a text or a number."],
    [{ memory: null }, "instances.web.memory: is empty; allowed: a text or a number."],
    [{ image: 5 }, "instances.web.image: is 5; allowed: a text."],
    [{ ports: "80:80" }, "instances.web.ports: is a text; allowed: a list."],
    [{ ports: [{}] }, "instances.web.ports.0: is a map; allowed: a text or a number."],
    [{ volumes: [1] }, "instances.web.volumes.0: is 1; allowed: a text."],
    [{ command: ["a", 1] }, "instances.web.command: is a list; allowed: a text, or a list of texts."],
    [{ environment: ["A=1"] }, "instances.web.environment: is a list; allowed: a map of names to texts."],
    [
      { environment: { A: 1.5 } },
      "instances.web.environment.A: is not a text; allowed: a text in quotes, a whole number, true or false.",
    ],
    [
      { environment: { "A-B": "" } },
      "instances.web.environment.A-B: is not the name of a variable; allowed: a name of at most 255 letters, digits and _, not beginning with a digit.",
    ],
    [{ power: "on" }, 'instances.web.power: "on" is not a state of power; allowed: running or stopped.'],
    [[], "instances.web: is a list; allowed: a map."],
    ["x", "instances.web: is a text; allowed: a map."],
    [null, "instances.web: is empty; allowed: a map."],
  ])("refuses %j", (web, message) => {
    expect(mistakesOfWeb(web)).toEqual([message]);
  });

  test("never shows the value of a variable", () => {
    const web = { environment: { A: ["hunter2"], "B-": "hunter2" }, volumes: "hunter2" };
    expect(JSON.stringify(refusal({ kind: "instances", instances: { web } }).toObject())).not.toContain("hunter2");
  });

  test.each([
    [{ memroy: 1 }, "instances.web.memroy: is not a known key; the nearest is memory;"],
    [{ cpu: 1 }, "instances.web.cpu: is not a known key; the nearest is cpus;"],
    [{ MEMORY: 1, env: {} }, "instances.web.MEMORY: is not a known key; the nearest is"],
  ])("names the nearest key for %j", (web, message) => {
    expect(mistakesOfWeb(web)[0]).toContain(message);
  });

  test("refuses an id that is no host name, by its key", () => {
    expect(mistakes({ kind: "instances", instances: { My_Web: {} } })).toEqual([
      expect.stringMatching(/^instances\.My_Web: "My_Web" is not a host name \(my-web would be\); allowed: /),
    ]);
  });

  test("refuses the id __proto__, which is no key to some", () => {
    const config: unknown = JSON.parse('{"kind":"instances","instances":{"__proto__":{}}}');
    expect(mistakes(config)).toHaveLength(1);
  });

  test("keeps the variable __proto__, which is no key to some", () => {
    const web: unknown = JSON.parse('{"environment":{"__proto__":"x"}}');
    expect(Object.entries(instances({ web })[0]?.environment ?? {})).toEqual([["__proto__", "x"]]);
  });

  test("reports mistakes at all levels together", () => {
    const config = {
      kind: "instances",
      hots: {},
      host: { reserveMiB: -1 },
      instances: { A: {}, web: { memory: "x", ports: ["0:1"], imag: "y" } },
    };
    expect(
      mistakes(config)
        .map((text) => text.split(": ")[0])
        .sort(),
    ).toEqual([
      "host.reserveMiB",
      "hots",
      "instances.A",
      "instances.web.imag",
      "instances.web.memory",
      "instances.web.ports",
    ]);
  });

  test("is one error with exit status 2 that names the file to correct", () => {
    const error = refusal({ kind: "instances", instances: { web: { cpus: 0 } } });
    expect([error.code, error.exitStatus, error.message, error.suggestion]).toEqual([
      "CONFIG_INVALID",
      2,
      "The config of stack dev has one mistake.",
      "Correct the keys named above in Pulumi.dev.yaml, then run `pulumi preview -s dev`.",
    ]);
  });

  test("refuses a fixed port that two instances ask for, naming both", () => {
    const map = { a: { ports: ["8080:80"] }, b: { ports: ["8081:80", "0.0.0.0:8080:81"] } };
    expect(mistakes({ kind: "instances", instances: map })).toEqual([
      'instances.b.ports: "0.0.0.0:8080:81/tcp" asks for the same port of the host as instances.a.ports; allowed: each port of the host once.',
    ]);
  });

  test("lets two instances ask for automatic ports", () => {
    expect(instances({ a: { ports: ["auto:80"] }, b: { ports: ["auto:80"] } })).toHaveLength(2);
  });

  test("refuses a name that two instances have, naming both", () => {
    expect(mistakes({ kind: "instances", instances: { a: { name: "x" }, b: { name: "x" } } })).toEqual([
      'instances.b.name: "x" is also the name of instances.a; allowed: each name once.',
    ]);
  });

  test("refuses a path of the host that does not exist", () => {
    const config = { kind: "instances", instances: { web: { volumes: ["./a:/a"] } } };
    expect(refusal(config, { pathExists: () => false }).violations).toHaveLength(1);
  });
});

describe("a host", () => {
  test("keeps 512 MiB for itself where nothing is said", () => {
    expect(parseStack({ kind: "instances", instances: {} }, context)).toMatchObject({ host: { reserveMiB: 512 } });
  });

  test("may be told what it has", () => {
    const host = { memoryMiB: 8192, reserveMiB: 0 };
    expect(parseStack({ kind: "instances", instances: {}, host }, context)).toMatchObject({ host });
  });

  test.each([
    [{ memoryMiB: "8g" }, "host.memoryMiB: is a text; allowed: a whole number of MiB, at least 512."],
    [{ memoryMiB: 100 }, "host.memoryMiB: is 100; allowed: a whole number of MiB, at least 512."],
    [{ memoryMiB: 1024.5 }, "host.memoryMiB: is 1024.5; allowed: a whole number of MiB, at least 512."],
    [{ reserveMiB: -1 }, "host.reserveMiB: is -1; allowed: a whole number of MiB, at least 0."],
    [{ memory: 1 }, "host.memory: is not a known key; the nearest is memoryMiB; allowed: memoryMiB, reserveMiB."],
    [5, "host: is 5; allowed: a map."],
  ])("refuses %j", (host, message) => {
    expect(mistakes({ kind: "instances", instances: {}, host })).toEqual([message]);
  });
});

describe("a project's own stack", () => {
  test("has every default", () => {
    expect(parseStack({ kind: "project", project: { directory: "/srv/my-app" } }, context)).toEqual({
      kind: "project",
      directory: "/srv/my-app",
      file: ".env",
      power: "running",
      host: { reserveMiB: 512 },
    });
  });

  test("may say its file and its power", () => {
    const project = { directory: "../my-app", file: "test.env", power: "stopped" };
    expect(parseStack({ kind: "project", project }, context)).toMatchObject({
      directory: "/opt/my-app",
      file: "test.env",
      power: "stopped",
    });
  });

  test.each([
    [{}, "project.directory: is missing; allowed: a text."],
    [{ directory: 5 }, "project.directory: is 5; allowed: a text."],
    [{ directory: "/a", power: "off" }, 'project.power: "off" is not a state of power; allowed: running or stopped.'],
    [
      { directory: "/a", dir: "/b" },
      "project.dir: is not a known key; the nearest is file; allowed: directory, file, power, spec.",
    ],
    [undefined, "project: is missing; allowed: a map with a directory."],
    ["/a", "project: is a text; allowed: a map with a directory."],
  ])("refuses %j", (project, message) => {
    expect(mistakes({ kind: "project", project })).toEqual([message]);
  });

  test("refuses instances, which belong to another kind", () => {
    expect(mistakes({ kind: "project", project: { directory: "/a" }, instances: {} })).toEqual([
      "instances: belongs to a stack of kind instances; allowed: kind, host, project.",
    ]);
  });
});

describe("the kind of a stack", () => {
  test.each([undefined, null, [], "instances", {}])("is missing in %j", (config) => {
    expect(mistakes(config)).toEqual(["kind: is missing; allowed: project, instances, platform or bootstrap."]);
  });

  test("is one of three words", () => {
    expect(mistakes({ kind: "instance" })).toEqual([
      'kind: "instance" is not a kind of stack; allowed: project, instances, platform or bootstrap.',
    ]);
  });
});
