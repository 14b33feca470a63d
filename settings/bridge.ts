/**
 * An instance's own address on a bridge. Its backend has bridges apart from those of the stacks: one for every /24 that an
 * address is of, shared by whoever asks for one, and reached from the host. Pure.
 */

import type { InstanceSpec } from "./instance-spec";
import { formatAddress, isWithin, parseAddress } from "./ipv4";
import { subnetPool, type StackNetwork } from "./stack-network";
import { accepted, problem, refused, type Parsed, type Problem } from "./values";

/** What IP_ADDRESS may be, in words. */
export const addressAllowed = "an IPv4 address of a private network that ends in 2 to 254 (192.168.58.10)";

/** What an instance says of its network. */
type Network = Pick<InstanceSpec, "networkMode" | "ipAddress">;

/** What an instance asks for where it names no address of its own. */
export const automaticAddress = "auto";

/**
 * The network, CIDR, of each backend that addresses are taken from where none is named. They are all of the range that
 * VirtualBox allows without more ado, beginning with the one that it makes by itself, and apart: two bridges with one
 * subnet would leave the host without a way to one of them.
 *
 * @see https://www.virtualbox.org/manual/ch06.html#network_hostonly
 */
const automaticNetworks = {
  virtualbox: "192.168.56.0/24",
  libvirt: "192.168.57.0/24",
  podman: "192.168.58.0/24",
  docker: "192.168.59.0/24",
} as const;

/** The backends that have bridges. */
type BridgeBackend = keyof typeof automaticNetworks;

/** How many addresses of a backend's network are chosen from: 192.168.58.100 to 192.168.58.254. */
const automaticRange = { first: 100, count: 155 } as const;

const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const leasedNetworks = `${subnetPool.first}/${String(subnetPool.prefix)}`;
const virtualBoxNetworks = "192.168.56.0/21";

/** An address on a bridge. The first of the network is the host's, the last goes to everybody. */
export function parseIpAddress(text: string): Parsed<string> {
  const value = parseAddress(text);
  if (value === undefined || formatAddress(value) !== text) {
    return refused(problem(text, "is not an IPv4 address", addressAllowed));
  }
  const what = whyNot(text, value % 256);
  return what === undefined ? accepted(text) : refused(problem(text, what, addressAllowed));
}

function whyNot(address: string, last: number): string | undefined {
  if (!isWithin(address, privateNetworks)) return "is not of a private network";
  if (isWithin(address, [leasedNetworks]))
    return `is of ${leasedNetworks}, which the networks of stacks are taken from`;
  if (last === 0) return "names its network, not a machine";
  if (last === 1) return "is the host's own on that bridge";
  return last === 255 ? "is the one that reaches all machines of its network" : undefined;
}

/**
 * What stands against a valid address because of the rest of the instance's settings.
 *
 * @param bridge how NETWORK_MODE=bridge is written where the address stands
 */
export function judgeAddress(
  { networkMode, ipAddress, backend }: Network & { readonly backend: BridgeBackend },
  bridge = "NETWORK_MODE=bridge",
): Problem | undefined {
  if (ipAddress === undefined) return undefined;
  if (networkMode === "default") return problem(ipAddress, "has no effect without a bridge", `it beside ${bridge}`);
  if (backend !== "virtualbox" || isWithin(ipAddress, [virtualBoxNetworks])) return undefined;
  return problem(ipAddress, "is not an address that VirtualBox allows", `an address of ${virtualBoxNetworks}`);
}

/** What an instance asks for: an address, `auto`, or none. */
export function addressWish({ networkMode, ipAddress }: Network): string | undefined {
  return networkMode === "bridge" ? (ipAddress ?? automaticAddress) : undefined;
}

/** The addresses that a backend's instances are given where they name none, in the order of a search. */
export function automaticAddresses(backend: BridgeBackend, seed: number): readonly string[] {
  const network = parseAddress(automaticNetworks[backend].split("/")[0] ?? "") ?? 0;
  const { first, count } = automaticRange;
  return Array.from({ length: count }, (_, step) => formatAddress(network + first + ((seed + step) % count)));
}

const prefix = "groundwork.bridge-";

/** The bridge that an address is of: `groundwork.bridge-192-168-58`. */
export function bridgeOf(address: string): StackNetwork {
  const network = address.split(".").slice(0, 3);
  return { name: `${prefix}${network.join("-")}`, subnet: `${network.join(".")}.0/24` };
}

/** Whether a network's name is that of one of our bridges. No stack's network has a dot there. */
export function isBridge(name: string): boolean {
  return name.startsWith(prefix);
}
