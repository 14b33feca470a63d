import { assignSubnets, chooseSubnet, parseRoutes } from "../../../host/subnets";
import { subnetPool } from "../../../settings/stack-network";
import { stackNetwork } from "../../../settings/stack-network";
import { entry, promise } from "./fixtures";

describe("a new subnet", () => {
  test("is the one of the pool that the seed says", () => {
    expect([0, 1, 256, subnetPool.count - 1].map((seed) => chooseSubnet([], seed))).toEqual([
      "10.192.0.0/24",
      "10.192.1.0/24",
      "10.193.0.0/24",
      "10.223.255.0/24",
    ]);
  });

  test("is searched for from the pool's beginning once its end is reached", () => {
    expect(chooseSubnet(["10.223.255.0/24"], subnetPool.count - 1)).toBe("10.192.0.0/24");
  });

  test("takes any number for a seed", () => {
    expect(chooseSubnet([], 2 ** 32 - 1)).toBe("10.223.255.0/24");
  });

  test.each([
    ["a network within it", "10.192.0.128/25", "10.192.1.0/24"],
    ["a network around it", "10.192.0.0/22", "10.192.4.0/24"],
    ["an address in it", "10.192.0.1", "10.192.1.0/24"],
    ["an address of the host with its network", "10.192.0.17/23", "10.192.2.0/24"],
  ])("goes out of the way of %s", (_what, taken, chosen) => {
    expect(chooseSubnet([taken], 0)).toBe(chosen);
  });

  test.each(["172.17.0.0/16", "10.88.0.0/16", "10.244.0.0/16", "fd00::/64", "::1/128", "127.0.0.1/8"])(
    "does not mind %s",
    (taken) => {
      expect(chooseSubnet([taken], 0)).toBe("10.192.0.0/24");
    },
  );

  test("is none where something takes the whole pool", () => {
    expect(chooseSubnet(["10.0.0.0/8"], 7)).toBeUndefined();
  });
});

describe("routes", () => {
  // proc_pid_net(5); 10.193.2.0/24 and the default route on a machine of little-endian words.
  const header = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  const toNetwork = "podman2\t0002C10A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0";
  const toAnywhere = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0";

  test("are read as networks, the default route left out", () => {
    expect(parseRoutes([header, toAnywhere, toNetwork, ""].join("\n"))).toEqual(["10.193.2.0/24"]);
  });

  test("are none where the system has no such file", () => {
    expect(parseRoutes("")).toEqual([]);
  });
});

describe("the subnets of a stack", () => {
  const networks = new Map([["podman", ["10.192.1.0/24"]]] as const);

  test("are asked for one backend after its networks are known", () => {
    expect(assignSubnets([], "mine", [promise("web"), promise("api")], { networks: new Map(), seed: 0 })).toEqual({
      subnets: new Map(),
      unknown: ["podman"],
    });
  });

  test("overlap neither another stack's nor a network of the backend", () => {
    const others = [entry("a", "web", { subnet: "10.192.0.0/24" })];
    const { subnets } = assignSubnets(others, "mine", [promise("web")], { networks, seed: 0 });
    expect([...subnets]).toEqual([["podman", "10.192.2.0/24"]]);
  });

  test("stay, whatever the backend has", () => {
    const own = [entry("mine", "web", { subnet: "10.192.1.0/24" })];
    const { subnets, unknown } = assignSubnets(own, "mine", [promise("api")], { networks: new Map(), seed: 0 });
    expect([[...subnets], unknown]).toEqual([[["podman", "10.192.1.0/24"]], []]);
  });
});

describe("a subnet that the stack remembers and the ledger has lost", () => {
  const remembered = {
    ports: new Map(),
    subnets: new Map([["podman", "10.192.9.0/24"]] as const),
    addresses: new Map(),
  };
  const subnetOf = (entries: Parameters<typeof assignSubnets>[0]) =>
    assignSubnets(entries, "mine", [promise("web")], { networks: new Map([["podman", []]]), seed: 0, remembered })
      .subnets;

  test("is given again", () => {
    expect([...subnetOf([])]).toEqual([["podman", "10.192.9.0/24"]]);
  });

  test("is another's by now, and not given", () => {
    expect([...subnetOf([entry("a", "web", { subnet: "10.192.9.0/24" })])]).toEqual([["podman", "10.192.0.0/24"]]);
  });
});

test("the network's name tells its stack and its subnet", () => {
  expect(stackNetwork("web-1a2b3c", "10.192.7.0/24")).toEqual({
    name: "groundwork-web-1a2b3c-10-192-7",
    subnet: "10.192.7.0/24",
  });
});
