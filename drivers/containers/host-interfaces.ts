/** The interfaces of this host that networks of a backend may stand in the way of. */

import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { formatAddress, isWithin, parseCidr } from "../../settings/ipv4";

/** An interface of this host with an IPv4 address. */
export interface HostInterface {
  readonly name: string;
  /** The network that it is in, CIDR. */
  readonly network: string;
  readonly isBridge: boolean;
}

/** The interface whose network an address is of; undefined where the host is in no such network. */
export function interfaceOf(address: string): HostInterface | undefined {
  const all = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).flatMap(({ family, cidr }) => (family === "IPv4" && cidr !== null ? [{ name, cidr }] : [])),
  );
  const found = all.find(({ cidr }) => isWithin(address, [cidr]));
  if (found === undefined) return undefined;
  const { name, cidr } = found;
  return { name, network: networkOf(cidr), isBridge: existsSync(`/sys/class/net/${name}/bridge`) };
}

/** `192.168.1.0/24` of `192.168.1.7/24`. */
function networkOf(cidr: string): string {
  const [, length = "32"] = cidr.split("/");
  return `${formatAddress(parseCidr(cidr)?.first ?? 0)}/${length}`;
}
