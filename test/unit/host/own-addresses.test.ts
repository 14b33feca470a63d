import fc from "fast-check";
import { addressRefusals } from "../../../host/address-refusals";
import { addressesToKeep, assignAddresses, type AddressKnowledge } from "../../../host/own-addresses";
import type { AddressUse, LedgerEntry } from "../../../host/promises";
import { isWithin } from "../../../settings/ipv4";
import type { InstancePromise } from "../../../settings/instance-promise";
import { entry, hostView, promise } from "./fixtures";

const nothing: AddressKnowledge = { uses: new Map<string, AddressUse>(), seed: 0 };
const bridged = (id: string, ipAddress?: string) => promise(id, { networkMode: "bridge", ipAddress });
const holding = (stack: string, address: string, automatic = false) =>
  entry(stack, "web", { address: { address, automatic } });

function given(promises: InstancePromise[], entries: LedgerEntry[] = [], knowledge: Partial<AddressKnowledge> = {}) {
  const { addresses } = assignAddresses(entries, "mine", promises, { ...nothing, ...knowledge });
  return Object.fromEntries([...addresses].map(([id, one]) => [id, one?.address]));
}

function refusals(
  promises: InstancePromise[],
  entries: LedgerEntry[] = [],
  uses: AddressKnowledge["uses"] = new Map(),
) {
  const { addresses } = assignAddresses(entries, "mine", promises, { ...nothing, uses });
  const plan = { ports: new Map(), subnets: new Map(), uses: new Map(), addressUses: uses, addresses };
  return addressRefusals({ entries, stack: "mine", promises, host: hostView(), ...plan });
}

const taken = (address: string, holder = "answered by a machine that is not Groundwork's") =>
  new Map<string, AddressUse>([[address, { state: "taken", holder }]]);

describe("an address", () => {
  test("is given to nobody who does not ask for one", () => {
    expect(given([promise("web")])).toEqual({});
  });

  test("that is asked for is given", () => {
    expect(given([bridged("web", "10.0.0.2")])).toEqual({ web: "10.0.0.2" });
  });

  test("is chosen from the backend's own network, at the place that the seed says", () => {
    const docker = { ...bridged("db"), backend: "docker" as const };
    expect(given([bridged("web"), docker], [], { seed: 156 })).toEqual({ web: "192.168.58.101", db: "192.168.59.101" });
  });

  test("that was chosen stays", () => {
    expect(given([bridged("web")], [holding("mine", "192.168.58.107", true)])).toEqual({ web: "192.168.58.107" });
  });

  test("that was chosen and is in the stack's record alone is given again, unless another holds it by now", () => {
    const lost = { address: "192.168.58.107", automatic: true };
    const remembered = { ports: new Map(), subnets: new Map(), addresses: new Map([["web", lost]]) };
    expect(given([bridged("web")], [], { remembered })).toEqual({ web: "192.168.58.107" });
    expect(given([bridged("web")], [holding("other", "192.168.58.107")], { remembered })).toEqual({
      web: "192.168.58.100",
    });
  });

  test("is chosen past those that others hold and strangers answer at", () => {
    const others = [holding("other", "192.168.58.100")];
    expect(given([bridged("web")], others, { uses: taken("192.168.58.101") })).toEqual({ web: "192.168.58.102" });
  });

  test("of one that leaves is kept, unless another of the stack has taken it over", () => {
    const leaving = holding("mine", "10.0.0.2");
    const keys = (promises: InstancePromise[]) => {
      const { addresses } = assignAddresses([leaving], "mine", promises, nothing);
      return addressesToKeep("mine", promises, addresses, [leaving]).map(([{ id }]) => id);
    };
    expect(keys([bridged("api", "10.0.0.3")])).toEqual(["api", "web"]);
    expect(keys([bridged("api", "10.0.0.2")])).toEqual(["api"]);
  });
});

describe("a refusal", () => {
  test("names the project that holds the address", () => {
    expect(refusals([bridged("web", "10.0.0.2")], [holding("shop", "10.0.0.2")])).toMatchObject([
      {
        code: "PORT_CONFLICT",
        message: "Address 10.0.0.2, wanted by web on 10.0.0.0/24, is leased to web (/home/a/web).",
        details: { address: "10.0.0.2", holder: { stack: "shop", id: "web" } },
      },
    ]);
  });

  test("names both that want one address", () => {
    const [refusal] = refusals([bridged("web", "10.0.0.2"), bridged("api", "10.0.0.2")]);
    expect(refusal?.message).toBe("web and api both want the address 10.0.0.2.");
  });

  test("says that a stranger answers there", () => {
    const [refusal] = refusals([bridged("web", "10.0.0.2")], [], taken("10.0.0.2"));
    expect(refusal?.message).toBe(
      "Address 10.0.0.2, wanted by web on 10.0.0.0/24, is answered by a machine that is not Groundwork's.",
    );
  });

  test("says that no address is left", () => {
    const all = Array.from({ length: 155 }, (_, index) => holding(`s${index}`, `192.168.58.${100 + index}`));
    expect(refusals([bridged("web")], all)[0]?.message).toBe("No address of podman's bridge is free for web.");
  });

  test("is not made of what the stack holds itself", () => {
    const uses = new Map<string, AddressUse>();
    const { unprobed } = assignAddresses([holding("mine", "10.0.0.2")], "mine", [bridged("web", "10.0.0.2")], {
      ...nothing,
      uses,
    });
    expect(unprobed).toEqual([]);
  });
});

test("of any wishes, no two that are granted have one address, and chosen ones are of the backend's network", () => {
  const wish = fc.option(fc.constantFrom("192.168.58.100", "192.168.58.101", "10.0.0.2"), { nil: undefined });
  const held = fc.uniqueArray(fc.integer({ min: 100, max: 110 }), { maxLength: 11 });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 6 }), held, fc.nat(), (wishes, others, seed) => {
      const promises = wishes.map((ipAddress, index) => bridged(`i${index}`, ipAddress));
      const entries = others.map((last) => holding(`s${last}`, `192.168.58.${last}`));
      if (refusals(promises, entries).length > 0) return;
      const addresses = Object.values(given(promises, entries, { seed }));
      expect(new Set(addresses).size).toBe(wishes.length);
      const leased = new Set(entries.map(({ address }) => address?.address));
      expect(addresses.filter((address) => leased.has(address))).toEqual([]);
      const chosen = addresses.filter((_, index) => wishes[index] === undefined);
      expect(chosen.every((address) => isWithin(address!, ["192.168.58.0/24"]))).toBe(true);
    }),
  );
});
