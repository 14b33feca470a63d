/** Which machines a container knows, and is known to, as it and libvirt's network are described. */

import { knownMachines } from "../../../drivers/containers/machines";
import type { InspectedContainer } from "../../../drivers/containers/inspect";
import type { LibvirtNetwork } from "../../../drivers/vagrant/network-xml";
import { recordedContainer } from "./recordings";
import { identity } from "./support";

const name = "groundwork-dev-10-192-8";
const network: LibvirtNetwork = {
  name,
  uuid: "",
  subnets: ["10.192.8.0/24"],
  uplink: undefined,
  isUsed: true,
  owner: identity,
  reserved: [
    { mac: "52:54:00:00:00:01", name: "cache", ip: "10.192.8.11" },
    { mac: "52:54:00:00:00:02", name: "database", ip: "10.192.8.12" },
  ],
  containers: [{ name: "web", ip: "10.192.8.100" }],
};

const recorded = recordedContainer("running");
const labels = {
  "groundwork.id": "web",
  "groundwork.machines-network": name,
  "groundwork.machines-address": "10.192.8.100",
};
const ExtraHosts = ["database:10.192.8.12", "cache:10.192.8.11"];

interface Changes {
  readonly State?: Partial<InspectedContainer["State"]>;
  readonly ExtraHosts?: string[];
  readonly Networks?: Record<string, { IPAddress: string }>;
}

function container(over: Changes = {}): InspectedContainer {
  return {
    ...recorded,
    State: { ...recorded.State, ...over.State },
    Config: { ...recorded.Config, Labels: labels },
    HostConfig: { ...recorded.HostConfig, ExtraHosts: over.ExtraHosts ?? ExtraHosts },
    NetworkSettings: { Networks: over.Networks ?? { [name]: { IPAddress: "10.192.8.100" } } },
  };
}

const known = (over?: Changes, networks: readonly LibvirtNetwork[] = [network], holds = true) =>
  knownMachines(container(over), networks, () => holds);

test("a container knows the machines whose addresses it was given, sorted", () => {
  expect(known()).toEqual(["cache", "database"]);
});

test("one that stands still has no address at the moment, and will have its own again", () => {
  const State = { Status: "exited", Running: false };
  expect(known({ State, Networks: { [name]: { IPAddress: "" } } }, [network], false)).toEqual(["cache", "database"]);
});

test("a machine that has another address by now is not known", () => {
  const moved = { ...network, reserved: [network.reserved[0]!, { ...network.reserved[1]!, ip: "10.192.8.13" }] };
  expect(known({}, [moved])).toEqual(["cache"]);
});

test.each<[string, Parameters<typeof known>]>([
  ["libvirt gives its name to nobody", [{}, [{ ...network, containers: [] }]]],
  [
    "libvirt gives its name to another address",
    [{}, [{ ...network, containers: [{ name: "web", ip: "10.192.8.101" }] }]],
  ],
  [
    "libvirt gives its address another name",
    [{}, [{ ...network, containers: [{ name: "shop", ip: "10.192.8.100" }] }]],
  ],
  ["libvirt has no such network", [{}, []]],
  ["it was taken off the network", [{ Networks: {} }]],
  ["it has another address there", [{ Networks: { [name]: { IPAddress: "10.192.8.101" } } }]],
  ["its interface has gone with its bridge", [{}, [network], false]],
])("none is known where %s", (_what, parameters) => {
  expect(known(...parameters)).toEqual([]);
});

test("a container that was made to know none says nothing of machines, whatever labels its image has", () => {
  expect(known({ ExtraHosts: [] })).toBeUndefined();
});
