import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { Ledger } from "../../../host/ledger";
import { HostLease } from "../../../plugin/host-lease";
import type { PropertyMap } from "../../../plugin/resource";
import type { GroundworkError } from "../../../settings/errors";
import type { ActiveObject } from "../../../settings/instance-objects";
import { unknownValue } from "../../../settings/instance-properties";
import type { PortWish } from "../../../settings/instance-spec";
import { useTemporaryHome } from "../../host/temporary-home";
import { promise, wish } from "../host/fixtures";

const host = "0123456789ab";
const home = useTemporaryHome();

let refused: GroundworkError[];
let running: ActiveObject[];
let lease: HostLease;
beforeEach(() => {
  refused = [];
  running = [];
  lease = new HostLease({
    host,
    openLedger: () => Ledger.open(home()),
    running: () => Promise.resolve(running),
    elsewhere: () => Promise.resolve(undefined),
    diskSpace: () => Promise.resolve(undefined),
    subnets: () => Promise.resolve([]),
    onRefusal: (error) => refused.push(error),
  });
});

type Changes = Parameters<typeof promise>[1];

/** What the component hands over for a stack of one instance; a host of 16 GiB, whatever this machine has. */
function inputsOf(changes: Changes = {}, stack = "web-1a2b3c"): PropertyMap {
  const settings = { memoryMiB: 16384, reserveMiB: 512 };
  return { host, stack, settings, instances: [promise("web", changes)] };
}

const withPorts = (...ports: PortWish[]) => inputsOf({ ports });

function rows(): unknown {
  using ledger = Ledger.open(home());
  return ledger.entries();
}

/** What the engine keeps after a create. */
async function created(inputs: PropertyMap): Promise<PropertyMap> {
  return (await lease.create(inputs, false)).outputs;
}

function portsOf(outputs: PropertyMap): { host: number }[] {
  return (outputs["ports"] as Record<string, { host: number }[]>)["web"]!;
}

describe("check", () => {
  test("finds nothing against what the host can give", async () => {
    const inputs = inputsOf();
    expect(await lease.check(inputs)).toEqual({ inputs, failures: [] });
  });

  test("names the host's and the wished memory in one failure that names no property", async () => {
    const { failures } = await lease.check(inputsOf({ memoryMiB: 20000 }));
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/20000 MiB[\s\S]*16384 MiB/) as string }]);
  });

  test("ends its failure with what mends it", async () => {
    const [failure] = (await lease.check(inputsOf({ memoryMiB: 20000 }))).failures;
    expect(failure?.reason.split("\n").at(-1)).toMatch(/^Lower MEMORY/);
  });

  test("names the project that holds a port", async () => {
    await created(inputsOf({ name: "shop", projectDirectory: "/home/a/shop", ports: [wish(18099)] }, "other"));
    const [failure] = (await lease.check(withPorts(wish(18099)))).failures;
    expect(failure?.reason).toContain("Port 18099/tcp, wanted by web, is leased to web (/home/a/shop).");
  });

  test("reports all refusals at once", async () => {
    await created(inputsOf({ ports: [wish(18099)] }, "other"));
    const [failure] = (await lease.check(inputsOf({ memoryMiB: 20000, ports: [wish(18099)] }))).failures;
    expect(failure?.reason.split("\n")).toEqual([
      expect.anything(),
      expect.stringContaining("cannot be named web"),
      expect.stringContaining("20000 MiB"),
      expect.stringContaining("18099/tcp"),
      expect.anything(),
    ]);
  });

  test("tells the error behind a failure, with its code", async () => {
    await lease.check(inputsOf({ memoryMiB: 20000 }));
    expect(refused.map(({ code }) => code)).toEqual(["INSUFFICIENT_RESOURCES"]);
  });

  test("sees a port that a program outside of Groundwork listens on", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    try {
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const { failures } = await lease.check(withPorts(wish(port)));
      expect(failures[0]?.reason).toContain(`Port ${String(port)}/tcp, wanted by web, is taken by`);
    } finally {
      server.close();
    }
  });

  test("writes nothing", async () => {
    const before = rows();
    await lease.check(withPorts(wish("auto")));
    expect(rows()).toEqual(before);
  });

  test("refuses a stack whose instances live on another host", async () => {
    const { failures } = await lease.check({ ...inputsOf(), host: "ffffffffffff" });
    expect(failures).toEqual([
      {
        property: "",
        reason: [
          `The stack's instances live on host ffffffffffff; this is ${host}`,
          "Run the command on the host where they were made.",
        ].join("\n"),
      },
    ]);
  });

  // Without it `vagrantp` has the engine's text alone, and exit 1.
  test("tells the error behind the refusal of another host too", async () => {
    await lease.check({ ...inputsOf(), host: "ffffffffffff" });
    expect(refused).toHaveLength(1);
  });
});

describe("create", () => {
  test("leases what is asked for, and answers with the ports", async () => {
    const outputs = await created(withPorts(wish(18099, 80), wish(18100, 53, { protocol: "udp" })));
    expect(outputs).toMatchObject({
      promised: true,
      ports: {
        web: [
          { address: "127.0.0.1", host: 18099, inside: 80, protocol: "tcp" },
          { address: "127.0.0.1", host: 18100, inside: 53, protocol: "udp" },
        ],
      },
    });
  });

  test("is known by the stack's name", async () => {
    expect((await lease.create(inputsOf(), false)).id).toBe("web-1a2b3c");
  });

  test("gives an instance without ports an empty list", async () => {
    expect(await created(inputsOf())).toMatchObject({ ports: { web: [] } });
  });

  test("chooses automatic ports from 8100 to 8900", async () => {
    const [port] = portsOf(await created(withPorts(wish("auto"))));
    expect(port?.host).toBeGreaterThanOrEqual(8100);
    expect(port?.host).toBeLessThanOrEqual(8900);
  });

  test("throws what stands against it, though the check was passed a moment ago", async () => {
    await expect(lease.create(inputsOf({ memoryMiB: 20000 }), false)).rejects.toMatchObject({
      code: "INSUFFICIENT_RESOURCES",
      exitStatus: 4,
    });
  });
});

describe("a preview", () => {
  test("writes nothing where it creates", async () => {
    const before = rows();
    await lease.create(withPorts(wish("auto"), wish(18099)), true);
    expect(rows()).toEqual(before);
  });

  test("writes nothing where it updates", async () => {
    const state = await created(inputsOf());
    const before = rows();
    await lease.update("web-1a2b3c", state, withPorts(wish("auto"), wish(18099)), true);
    expect(rows()).toEqual(before);
  });

  test("knows fixed ports", async () => {
    const { outputs } = await lease.create(withPorts(wish(18099)), true);
    expect(portsOf(outputs)).toEqual([{ address: "127.0.0.1", host: 18099, inside: 80, protocol: "tcp" }]);
  });

  test("does not know the ports of an instance as long as one is to be chosen", async () => {
    const { outputs } = await lease.create(withPorts(wish(18099), wish("auto", 81)), true);
    expect(outputs["ports"]).toEqual({ web: unknownValue });
  });

  test("knows automatic ports that are leased", async () => {
    const inputs = withPorts(wish("auto"));
    const state = await created(inputs);
    const planned = await lease.update("web-1a2b3c", state, { ...inputs, settings: { memoryMiB: 8192 } }, true);
    expect(planned["ports"]).toEqual(state["ports"]);
  });

  test("has no id to tell", async () => {
    expect((await lease.create(inputsOf(), true)).id).toBe("");
  });
});

describe("the subnet", () => {
  const subnetOf = (outputs: PropertyMap) => (outputs["subnets"] as Record<string, string>)["podman"];

  test("is leased with the rest, and answered by backend", async () => {
    expect(subnetOf(await created(inputsOf()))).toMatch(/^10\.\d+\.\d+\.0\/24$/);
  });

  test("is not known before it is leased", async () => {
    expect(subnetOf((await lease.create(inputsOf(), true)).outputs)).toBe(unknownValue);
  });

  test("of a state that an older program wrote is drift, which an update repairs", async () => {
    const { subnets, ...older } = await created(inputsOf());
    const read = await lease.read("web-1a2b3c", older, inputsOf());
    expect(await lease.diff(read.outputs, inputsOf())).toEqual({ promised: "update" });
    expect((await lease.update("web-1a2b3c", read.outputs, inputsOf(), false))["subnets"]).toEqual(subnets);
  });
});

describe("update", () => {
  test("keeps the automatic ports over every other change", async () => {
    const state = await created(withPorts(wish("auto")));
    const changed = inputsOf({ memoryMiB: 1024, power: "stopped", ports: [wish(18099, 22), wish("auto")] });
    const outputs = await lease.update("web-1a2b3c", state, changed, false);
    expect(portsOf(outputs)[1]?.host).toBe(portsOf(state)[0]?.host);
  });

  test("gives back what is no longer asked for", async () => {
    const state = await created(withPorts(wish(18099)));
    await lease.update("web-1a2b3c", state, inputsOf(), false);
    expect((await lease.check(inputsOf({ name: "other", ports: [wish(18099)] }, "other"))).failures).toEqual([]);
  });
});

describe("delete", () => {
  test("releases everything of its stack", async () => {
    await created(withPorts(wish("auto")));
    await lease.delete("web-1a2b3c");
    expect(rows()).toEqual([]);
  });

  test("releases nothing of another stack", async () => {
    await created(inputsOf({ name: "other" }, "other"));
    const before = rows();
    await lease.delete("web-1a2b3c");
    expect(rows()).toEqual(before);
  });
});

describe("the difference of state and inputs", () => {
  test("is none where nothing differs", async () => {
    const inputs = withPorts(wish("auto"));
    expect(await lease.diff(await created(inputs), inputs)).toEqual({});
  });

  test.each([
    ["settings", { settings: { memoryMiB: 8192 } }],
    ["instances", { instances: [promise("web", { memoryMiB: 1024 })] }],
  ])("of %s is an update of that property alone", async (name, change) => {
    const inputs = inputsOf();
    expect(await lease.diff(await created(inputs), { ...inputs, ...change })).toEqual({ [name]: "update" });
  });

  test.each(["host", "stack"])("of %s is another lease", async (name) => {
    const inputs = inputsOf();
    expect(await lease.diff({ ...inputs, [name]: "another" }, inputs)).toEqual({ host: "replace" });
  });

  test("does not look at the order of keys", async () => {
    const inputs = inputsOf();
    const instances = (inputs["instances"] as object[]).map((one) => Object.fromEntries(Object.entries(one).reverse()));
    expect(await lease.diff({ ...inputs, instances }, inputs)).toEqual({});
  });

  test("looks at the order of ports, by which they are answered", async () => {
    const state = withPorts(wish(18099, 80), wish(18100, 81));
    expect(await lease.diff(state, withPorts(wish(18100, 81), wish(18099, 80)))).toEqual({ instances: "update" });
  });
});

describe("a ledger that was lost", () => {
  async function readAfterLoss(inputs: PropertyMap): Promise<PropertyMap> {
    const state = await created(inputs);
    rmSync(home().root, { recursive: true });
    return (await lease.read("web-1a2b3c", state, inputs)).outputs;
  }

  test("reads back as a promise that is not held", async () => {
    expect(await readAfterLoss(inputsOf())).toMatchObject({ promised: false });
  });

  test("is drift, which an update repairs", async () => {
    const inputs = inputsOf();
    expect(await lease.diff(await readAfterLoss(inputs), inputs)).toEqual({ promised: "update" });
  });

  test("is written again by an update", async () => {
    const inputs = withPorts(wish(18099));
    await lease.update("web-1a2b3c", await readAfterLoss(inputs), inputs, false);
    expect(rows()).toEqual([expect.objectContaining({ id: "web", ports: [{ ...wish(18099), automatic: false }] })]);
  });

  // The actuator and the container still have the old port: a new choice would recreate the container.
  test("gives automatic ports and the subnet back as the state has them", async () => {
    await created(inputsOf({ name: "first", ports: [wish("auto")] }, "first"));
    const inputs = withPorts(wish("auto"), wish(18099, 443));
    const state = await created(inputs);
    rmSync(home().root, { recursive: true });
    const { outputs } = await lease.read("web-1a2b3c", state, inputs);
    expect(await lease.update("web-1a2b3c", outputs, inputs, false)).toEqual(state);
  });

  test("shows the ports in a preview that it will give back", async () => {
    const inputs = withPorts(wish("auto"));
    const state = await created(inputs);
    rmSync(home().root, { recursive: true });
    expect(await lease.update("web-1a2b3c", state, inputs, true)).toMatchObject({ ports: state["ports"] });
  });
});

describe("a port that another program listens on", () => {
  let stranger: Server;
  let state: PropertyMap;
  const inputs = withPorts(wish("auto"));
  beforeEach(async () => {
    state = await created(inputs);
    stranger = createServer().listen(portsOf(state)[0]?.host, "127.0.0.1");
    await once(stranger, "listening");
  });
  afterEach(() => {
    stranger.close();
  });

  test("while the instance stands still is drift, and the update takes another", async () => {
    const { outputs } = await lease.read("web-1a2b3c", state, inputs);
    expect(await lease.diff(outputs, inputs)).toEqual({ promised: "update" });
    expect(await lease.update("web-1a2b3c", outputs, inputs, true)).toMatchObject({ ports: { web: unknownValue } });
    const updated = await lease.update("web-1a2b3c", outputs, inputs, false);
    expect(portsOf(updated)[0]?.host).not.toBe(portsOf(state)[0]?.host);
  });

  test("is the instance's own while that runs", async () => {
    const ports = [`tcp/${portsOf(state)[0]?.host}`];
    running = [{ id: "web", backend: "podman", memoryMiB: 2048, ports }];
    expect((await lease.read("web-1a2b3c", state, inputs)).outputs).toEqual(state);
  });
});

describe("read", () => {
  test("changes nothing of a promise that is held", async () => {
    const inputs = withPorts(wish("auto"));
    const state = await created(inputs);
    expect(await lease.read("web-1a2b3c", state, inputs)).toEqual({ id: "web-1a2b3c", outputs: state });
  });

  test("finds a promise lost in part", async () => {
    const state = await created(inputsOf());
    const more = { ...inputsOf(), instances: [promise("web"), promise("worker")] };
    expect((await lease.read("web-1a2b3c", state, more)).outputs).toMatchObject({ promised: false });
  });
});
