import { isRunning, parseInspect, readProperties, type ReadingContext } from "../../../drivers/containers/inspect";
import { recordedContainer, recordingText } from "./recordings";

const image = "localhost/groundwork/debian-python:12";

/** Shows what is digested; no cgroup can be read. */
const context: ReadingContext = {
  digest: (environment) => JSON.stringify(Object.entries(environment).sort()),
  limits: () => undefined,
};

const read = (name: string, changes: Partial<ReadingContext> = {}) =>
  readProperties(recordedContainer(name), { ...context, ...changes });

test("a running container of ours reads back in the words of the spec", () => {
  expect(read("running")).toEqual({
    exists: true,
    name: "running",
    running: true,
    memoryMiB: 512,
    cpus: 1.5,
    diskGiB: 0,
    image,
    command: ["sleep", "600"],
    ports: ["0.0.0.0:28110:81/tcp", "127.0.0.1:28109:80/tcp"],
    volumes: ["/srv/site:/srv:ro", "cache:/var/cache/app:rw"],
    network: "podman",
    ipAddress: "",
    environmentDigest: JSON.stringify([
      ["GREETING", 'hello = "world"'],
      ["LINES", "first\nsecond=2"],
      ["TOKEN", "made-up"],
    ]),
    labels: { "groundwork.host": "0123456789ab", "groundwork.stack": "recorded", "groundwork.id": "running" },
  });
});

describe("the network", () => {
  const on = (networks: Record<string, { IPAddress: string }> | null) => {
    const container = { ...recordedContainer("running"), NetworkSettings: { Networks: networks } };
    return readProperties(container, context).network;
  };

  test.each([
    ["its name", { "groundwork-web-10-192-7": { IPAddress: "10.192.7.2" } }, "groundwork-web-10-192-7"],
    [
      "its name while the container stands still",
      { "groundwork-web-10-192-7": { IPAddress: "" } },
      "groundwork-web-10-192-7",
    ],
    ["all of them where there are several", { a: { IPAddress: "" }, b: { IPAddress: "" } }, "a,b"],
    [
      "an address that its name does not tell",
      { "groundwork-web-10-192-7": { IPAddress: "10.192.70.2" } },
      "groundwork-web-10-192-7 (10.192.70.2)",
    ],
    ["nothing where the container was taken off it", null, ""],
  ])("is told by %s", (_what, networks, told) => {
    expect(on(networks as Record<string, { IPAddress: string }> | null)).toBe(told);
  });
});

describe("limits", () => {
  test("come from the cgroup, because podman goes on showing those of the creation", () => {
    const limits = { memoryMiB: 640, cpus: 0.75 };
    expect(read("updated", { limits: () => limits })).toMatchObject(limits);
  });

  test("are asked for at the path that podman names", () => {
    const asked: string[] = [];
    read("running", { limits: (path) => void asked.push(path) });
    expect(asked).toEqual([expect.stringMatching(/^\/libpod_parent\/libpod-[0-9a-f]{64}$/)]);
  });

  test("are 0 where there are none", () => {
    expect(read("by-hand")).toMatchObject({ memoryMiB: 0, cpus: 0 });
  });

  test.each(["stopped", "paused", "created"])("are not shown for a container that is %s", (name) => {
    expect(Object.keys(read(name))).not.toEqual(expect.arrayContaining(["memoryMiB"]));
  });
});

test.each([
  ["running", true],
  ["paused", false],
  ["stopped", false],
  ["created", false],
])("a container that is %s counts as running: %s", (name, running) => {
  expect(isRunning(recordedContainer(name))).toBe(running);
});

describe("ports", () => {
  test("keep an IPv6 address in brackets, name UDP, and mean every address where podman names none", () => {
    expect(read("created").ports).toEqual([
      "0.0.0.0:28113:90/tcp",
      "127.0.0.1:28112:53/udp",
      "[::1]:28111:80/tcp",
      "[::]:28114:91/tcp",
    ]);
  });

  test("of a stopped container are those it will have", () => {
    expect(read("stopped").ports).toEqual(read("running").ports);
  });
});

test("volumes are the named ones and the directories; what the image brings is not the user's", () => {
  expect(read("anonymous-volume").volumes).toEqual(["cache:/cache:rw"]);
});

describe("a container made by hand", () => {
  test("shows the image it was made from", () => {
    expect(read("by-hand").image).toBe(image);
  });

  test("shows the command it runs", () => {
    expect(read("by-hand").command).toEqual(["sleep", "infinity"]);
  });

  test("has no owner", () => {
    expect(read("by-hand").labels).toEqual({ "groundwork.host": "", "groundwork.stack": "", "groundwork.id": "" });
  });

  test("has none of our variables", () => {
    expect(read("by-hand").environmentDigest).toBe("[]");
  });
});

describe("our labels", () => {
  const container = recordedContainer("running");
  const labelled = (labels: Record<string, string>) =>
    readProperties(
      { ...container, Config: { ...container.Config, Labels: { ...container.Config.Labels, ...labels } } },
      context,
    );

  test("are believed about the image only while the container is made from what they say", () => {
    expect(
      labelled({ "groundwork.image": "docker.io/library/other:1", "groundwork.made-from": "another-id" }).image,
    ).toBe(image);
  });

  test("tell the image the user named from the layer that lies over it", () => {
    expect(labelled({ "groundwork.image": "docker.io/library/debian:12" }).image).toBe("docker.io/library/debian:12");
  });

  test("tell a command that the user gave from the image's own", () => {
    expect(labelled({ "groundwork.command": "[]" }).command).toEqual([]);
  });

  test("are not believed about a command that is no longer the one they tell of", () => {
    const labels = { "groundwork.command": "[]", "groundwork.effective-command": '["other"]' };
    expect(labelled(labels).command).toEqual(["sleep", "600"]);
  });

  test.each(["not JSON", '{"a":1}', "[1]"])("that hold %s for a command are passed over", (text) => {
    expect(labelled({ "groundwork.command": text }).command).toEqual(["sleep", "600"]);
  });
});

test("several containers are read from one answer, in podman's order", () => {
  expect(parseInspect(recordingText("one-missing.json")).map(({ Name }) => Name)).toEqual(["created", "by-hand"]);
});

test("null stands for an empty list or map", () => {
  const [container] = JSON.parse(recordingText("by-hand.json")) as Record<string, Record<string, unknown>>[];
  const empty = {
    ...container,
    Mounts: null,
    Config: { Env: null, Cmd: null, Labels: null },
    HostConfig: { ...container?.["HostConfig"], PortBindings: null },
  };
  const [parsed] = parseInspect(JSON.stringify([empty]));
  expect(readProperties(parsed!, context)).toMatchObject({ ports: [], volumes: [], command: [] });
});

describe("its own address", () => {
  const bridge = "groundwork.bridge-192-168-58";
  const on = (networks: Record<string, { IPAddress: string }> | null, made?: string) => {
    const container = recordedContainer("running");
    const Labels = { ...container.Config.Labels, ...(made === undefined ? {} : { "groundwork.address": made }) };
    const changed = { ...container, Config: { ...container.Config, Labels }, NetworkSettings: { Networks: networks } };
    return readProperties(changed, context);
  };
  const stack = { "groundwork-web-10-192-7": { IPAddress: "10.192.7.2" } };

  test("is the one on a bridge of ours, beside the stack's network", () => {
    const { ipAddress, network } = on({ ...stack, [bridge]: { IPAddress: "192.168.58.10" } }, "192.168.58.10");
    expect([ipAddress, network]).toEqual(["192.168.58.10", "groundwork-web-10-192-7"]);
  });

  test("is the one that it was made with while it stands still", () => {
    expect(on({ ...stack, [bridge]: { IPAddress: "" } }, "192.168.58.10").ipAddress).toBe("192.168.58.10");
  });

  test("is none where it was taken off the bridge, or is on another one", () => {
    expect(on(stack, "192.168.58.10").ipAddress).toBe("");
    expect(on({ "groundwork.bridge-10-0-0": { IPAddress: "" } }, "192.168.58.10").ipAddress).toBe("");
  });
});
