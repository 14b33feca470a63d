/** The subnets that the real ledger leases. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDirectory } from "../../host/home";
import { hostNetworks } from "../../host/host-networks";
import { Ledger } from "../../host/ledger";
import { chooseSubnet } from "../../host/subnets";
import { hostView, promise, wish } from "../unit/host/fixtures";
import { useTemporaryHome } from "./temporary-home";

const home = useTemporaryHome();
const web = { stack: "a", id: "web", backend: "podman" } as const;

async function leaseSubnet(stack: string, ...ids: string[]): Promise<string | undefined> {
  using ledger = Ledger.open(home());
  const promises = ids.map((id) => promise(id, { name: `${stack}-${id}` }));
  return (await ledger.lease(stack, promises, hostView())).subnets.get("podman");
}

test("the instances of a stack share one, and stacks do not", async () => {
  const [first, second] = [await leaseSubnet("a", "web", "api"), await leaseSubnet("b", "web")];
  using ledger = Ledger.open(home());
  expect(first).not.toBe(second);
  expect(ledger.entries().map(({ stack, subnet }) => [stack, subnet])).toEqual([
    ["a", first],
    ["a", first],
    ["b", second],
  ]);
});

test("one stays over every other change", async () => {
  const first = await leaseSubnet("a", "web");
  expect([await leaseSubnet("a", "api", "db"), await leaseSubnet("a", "db")]).toEqual([first, first]);
});

test("one is free again when its stack has nothing left at the backend", async () => {
  const first = await leaseSubnet("a", "web");
  await leaseSubnet("a");
  expect(await leaseSubnet("b", "web")).toBe(first);
});

test("one is held while an object of its stack may still be in it", async () => {
  const first = await leaseSubnet("a", "web");
  using ledger = Ledger.open(home());
  ledger.recordObject(web, "abc");
  await leaseSubnet("a");
  const other = await leaseSubnet("b", "web");
  ledger.forgetObject(web);
  expect([other === first, await leaseSubnet("c", "web")]).toEqual([false, first]);
});

test("an instance that moves to another stack gets into that one's", async () => {
  const first = await leaseSubnet("a", "web");
  using ledger = Ledger.open(home());
  ledger.transfer(web, { stack: "dev", id: "web", name: "a-web" });
  expect(ledger.entries().map(({ subnet }) => subnet)).toEqual([undefined]);
  expect(await leaseSubnet("b", "web")).toBe(first);
});

test("the backend's networks are asked for when one must be chosen, and then alone", async () => {
  const networks = jest.fn(() => Promise.resolve([]));
  using ledger = Ledger.open(home());
  await ledger.lease("a", [promise("web")], hostView({ networks }));
  await ledger.lease("a", [promise("web", { memoryMiB: 512 })], hostView({ networks }));
  expect(networks.mock.calls).toEqual([["podman"]]);
});

test("a pool that is used up is refused, with what mends it", async () => {
  using ledger = Ledger.open(home());
  const networks = () => Promise.resolve(["10.0.0.0/8"]);
  await expect(ledger.lease("a", [promise("web")], hostView({ networks }))).rejects.toMatchObject({
    code: "INSUFFICIENT_RESOURCES",
    suggestion: expect.stringContaining("10.192.0.0/11") as string,
  });
});

test("two homes begin their search at different places", async () => {
  const first = await leaseSubnet("a", "web");
  using other = Ledger.open({ ...home(), root: `${home().root}-other`, ledgerFile: `${home().ledgerFile}-other` });
  const { subnets } = await other.lease("a", [promise("web")], hostView());
  expect(subnets.get("podman")).not.toBe(first);
});

test("this host's own addresses are among what is avoided", () => {
  expect(hostNetworks()).toContain("127.0.0.1/8");
  expect(chooseSubnet(hostNetworks(), 0)).toBeDefined();
});

describe("a ledger of version 1", () => {
  // Written by the program of that version; see recordings/README.md.
  beforeEach(() => {
    ensureDirectory(home().root);
    copyFileSync(join(__dirname, "recordings", "ledger-version-1.sqlite"), home().ledgerFile);
  });

  test("is read with all that it held", () => {
    using ledger = Ledger.open(home());
    expect(ledger.entries()).toMatchObject([
      { stack: "dev", id: "api", power: "stopped", subnet: undefined, ports: [{ host: 8101, automatic: true }] },
      {
        stack: "shop-1a2b3c",
        id: "shop",
        name: "shop-1a2b3c",
        backendId: "f00d",
        cpus: 1.5,
        ports: [
          { host: 8100, inside: 80, automatic: true },
          { host: 18443, inside: 443, automatic: false },
        ],
      },
    ]);
  });

  test("gives its stacks a subnet with their next lease, and keeps their ports", async () => {
    using ledger = Ledger.open(home());
    const wanted = promise("shop", { name: "shop-1a2b3c", ports: [wish("auto"), wish(18443, 443)] });
    const { ports, subnets } = await ledger.lease("shop-1a2b3c", [wanted], hostView());
    expect(ports.get("shop")?.map((port) => port.host)).toEqual([8100, 18443]);
    expect(subnets.get("podman")).toBeDefined();
  });
});
