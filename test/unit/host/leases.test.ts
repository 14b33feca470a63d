import { assignPorts, knownPorts, portsOfOurs, portsToKeep } from "../../../host/leases";
import type { InstancePromise } from "../../../settings/instance-promise";
import type { LedgerEntry, PortUse } from "../../../host/promises";
import { entry, leased, promise, wish } from "./fixtures";

const noUses = new Map<string, PortUse>();

function hostPorts(
  promises: InstancePromise[],
  entries: LedgerEntry[] = [],
  uses: ReadonlyMap<string, PortUse> = noUses,
): (number | undefined)[] {
  const { ports } = assignPorts(entries, "mine", promises, uses, new Set());
  return [...ports.values()].flat().map((port) => port?.host);
}

describe("an automatic port", () => {
  const automatic = promise("web", { ports: [wish("auto")] });

  test("is the lowest of the range on an empty host", () => {
    expect(hostPorts([automatic])).toEqual([8100]);
  });

  test("passes over what others have leased, whatever the address", () => {
    const shop = entry("shop", "shop", { ports: [leased(8100, 80, { address: "0.0.0.0" }), leased(8101)] });
    expect(hostPorts([automatic], [shop])).toEqual([8102]);
  });

  test("passes over what a program was seen to use", () => {
    const uses = new Map<string, PortUse>([["tcp/8100 127.0.0.1", { state: "taken" }]]);
    expect(hostPorts([automatic], [], uses)).toEqual([8101]);
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

  test("stays when a program was seen to use it", () => {
    const uses = new Map<string, PortUse>([["tcp/8105 127.0.0.1", { state: "taken" }]]);
    expect(hostPorts([automatic], [entry("mine", "web", { ports: [leased(8105)] })], uses)).toEqual([8105]);
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
    const { unprobed } = assignPorts([], "mine", promises, noUses, new Set());
    expect(unprobed).toEqual([
      { protocol: "tcp", port: 8080, address: "127.0.0.1" },
      { protocol: "tcp", port: 8100, address: "127.0.0.1" },
    ]);
  });

  test("leaves out our own ports, what is leased to others, and what is known", () => {
    const shop = entry("shop", "shop", { ports: [leased(8080)] });
    const uses = new Map<string, PortUse>([["tcp/8100 127.0.0.1", { state: "free" }]]);
    const ours = [promise("web", { ports: [wish(8080), wish("auto", 81), wish(9090, 82)] })];
    expect(assignPorts([shop], "mine", ours, uses, new Set(["tcp/9090"])).unprobed).toEqual([]);
  });

  test("counts as ours what an instance may be listening on: it has an object, or something began to make one", () => {
    const intent = { kind: "creating", holder: { pid: 1, started: "then" }, stale: true } as const;
    const entries = [
      entry("mine", "web", { backendId: "abc", ports: [leased(8100)] }),
      entry("mine", "api", { intent, ports: [leased(8101)] }),
      entry("mine", "new", { ports: [leased(8102)] }),
      entry("shop", "shop", { backendId: "def", ports: [leased(8103)] }),
    ];
    expect([...portsOfOurs(entries, "mine")]).toEqual(["tcp/8100", "tcp/8101"]);
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
