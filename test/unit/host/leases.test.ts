import { assignPorts, automaticPorts, knownPorts, portsToKeep, type PortKnowledge } from "../../../host/leases";
import type { InstancePromise } from "../../../settings/instance-promise";
import type { LedgerEntry, PortUse } from "../../../host/promises";
import { entry, leased, promise, wish } from "./fixtures";

const nothing: PortKnowledge = { uses: new Map<string, PortUse>(), ours: new Set(), seed: 0 };

function hostPorts(
  promises: InstancePromise[],
  entries: LedgerEntry[] = [],
  knowledge: Partial<PortKnowledge> = {},
): (number | undefined)[] {
  const { ports } = assignPorts(entries, "mine", promises, { ...nothing, ...knowledge });
  return [...ports.values()].flat().map((port) => port?.host);
}

describe("an automatic port", () => {
  const automatic = promise("web", { ports: [wish("auto")] });

  const taken = (port: number) => new Map<string, PortUse>([[`tcp/${port} 127.0.0.1`, { state: "taken" }]]);

  test("is the one that the seed says on an empty host, and any number is a seed", () => {
    const seeds = [0, 1, 800, 801, 2 ** 32 - 1];
    expect(seeds.map((seed) => hostPorts([automatic], [], { seed })[0])).toEqual([8100, 8101, 8900, 8100, 8589]);
  });

  test("is searched for from the range's beginning once its end is reached", () => {
    const shop = entry("shop", "shop", { ports: [leased(automaticPorts.last)] });
    expect(hostPorts([automatic], [shop], { seed: 800 })).toEqual([8100]);
  });

  test("passes over what others have leased, whatever the address", () => {
    const shop = entry("shop", "shop", { ports: [leased(8100, 80, { address: "0.0.0.0" }), leased(8101)] });
    expect(hostPorts([automatic], [shop])).toEqual([8102]);
  });

  test("passes over what a program was seen to use", () => {
    expect(hostPorts([automatic], [], { uses: taken(8100) })).toEqual([8101]);
  });

  test("passes over a fixed wish of the same stack that comes later", () => {
    expect(hostPorts([automatic, promise("api", { ports: [wish(8100)] })])).toEqual([8101, 8100]);
  });

  test("is another for each wish", () => {
    const promises = [promise("web", { ports: [wish("auto", 80), wish("auto", 80), wish("auto", 81)] })];
    expect(hostPorts(promises)).toEqual([8100, 8101, 8102]);
  });

  test("may have the same number for the other protocol", () => {
    const promises = [promise("dns", { ports: [wish("auto", 53), wish("auto", 53, { protocol: "udp" })] })];
    expect(hostPorts(promises)).toEqual([8100, 8100]);
  });

  test("stays when other wishes come, go and change their order", () => {
    const held = entry("mine", "web", { ports: [leased(8100, 80), leased(8105, 443)] });
    const changed = promise("web", { ports: [wish("auto", 22), wish("auto", 443), wish("auto", 80)] });
    expect(hostPorts([changed], [held])).toEqual([8101, 8105, 8100]);
  });

  test("is given up for another when somebody else was seen to use it", () => {
    const held = entry("mine", "web", { ports: [leased(8105)] });
    expect(hostPorts([automatic], [held], { uses: taken(8105) })).toEqual([8100]);
  });

  describe("that the stack remembers and the ledger has lost", () => {
    const remembered = { ports: new Map([["web", [leased(8105)]]]), subnets: new Map(), addresses: new Map() };

    test("is given again", () => {
      expect(hostPorts([automatic], [], { remembered })).toEqual([8105]);
    });

    test("is another's by now, and not given", () => {
      const shop = entry("shop", "shop", { ports: [leased(8105)] });
      expect(hostPorts([automatic], [shop], { remembered })).toEqual([8100]);
    });

    test("counts less than what the ledger holds", () => {
      const held = entry("mine", "web", { ports: [leased(8107)] });
      expect(hostPorts([automatic], [held], { remembered })).toEqual([8107]);
    });

    test("is given to its own wish alone", () => {
      expect(hostPorts([promise("api", { ports: [wish("auto")] })], [], { remembered })).toEqual([8100]);
    });
  });

  test.each([
    ["id", promise("api", { ports: [wish("auto")] })],
    ["port inside", promise("web", { ports: [wish("auto", 81)] })],
    ["protocol", promise("web", { ports: [wish("auto", 80, { protocol: "udp" })] })],
    ["address", promise("web", { ports: [wish("auto", 80, { address: "0.0.0.0" })] })],
  ])("is not inherited by another %s", (_, other) => {
    expect(hostPorts([other], [entry("mine", "web", { ports: [leased(8105)] })])).toEqual([8100]);
  });

  test("is not made of a port that was fixed", () => {
    const held = entry("mine", "web", { ports: [leased(8080, 80, { automatic: false })] });
    expect(hostPorts([automatic], [held])).toEqual([8100]);
  });
});

describe("probing", () => {
  const promises = [promise("web", { ports: [wish(8080), wish("auto", 81)] })];

  test("is asked for every port that nothing is known about", () => {
    const { unprobed } = assignPorts([], "mine", promises, nothing);
    expect(unprobed).toEqual([
      { protocol: "tcp", port: 8080, address: "127.0.0.1" },
      { protocol: "tcp", port: 8100, address: "127.0.0.1" },
    ]);
  });

  test("leaves out our own ports, what is leased to others, and what is known", () => {
    const shop = entry("shop", "shop", { ports: [leased(8080)] });
    const uses = new Map<string, PortUse>([["tcp/8100 127.0.0.1", { state: "free" }]]);
    const ours = [promise("web", { ports: [wish(8080), wish("auto", 81), wish(9090, 82)] })];
    const knowledge = { ...nothing, uses, ours: new Set(["tcp/9090"]) };
    expect(assignPorts([shop], "mine", ours, knowledge).unprobed).toEqual([]);
  });

  test("is not asked for what stands still, which binds nothing", () => {
    const stopped = promise("web", { power: "stopped", ports: [wish(8080), wish("auto", 81)] });
    expect(assignPorts([], "mine", [stopped], nothing).unprobed).toEqual([]);
  });
});

test("a plan knows fixed and held ports, and no new ones", () => {
  const held = entry("mine", "web", { ports: [leased(8105, 80)] });
  const wishes = promise("web", { ports: [wish("auto", 80), wish("auto", 81), wish(8080, 82)] });
  expect(
    knownPorts([held], "mine", [wishes])
      .get("web")
      ?.map((port) => port?.host),
  ).toEqual([8105, undefined, 8080]);
});

test("what is leaving keeps the ports that its stack does not give to another instance", () => {
  const leaving = entry("mine", "old", { leaving: true, ports: [leased(8080), leased(8081, 81)] });
  const promises = [promise("new", { ports: [wish(8080)] })];
  const ports = new Map([["new", [leased(8080, 80, { automatic: false })]]]);
  const kept = portsToKeep("mine", promises, ports, [leaving]).map(([{ id }, port]) => [id, port.host]);
  expect(kept).toEqual([
    ["new", 8080],
    ["old", 8081],
  ]);
});
