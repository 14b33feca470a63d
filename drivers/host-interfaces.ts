/** The interfaces of this host that networks of a backend may stand in the way of. */

import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { GroundworkError } from "../settings/errors";
import { formatAddress, isWithin, parseCidr } from "../settings/ipv4";

/** An interface of this host with an IPv4 address. */
export interface HostInterface {
  readonly name: string;
  /** The network that it is in, CIDR. */
  readonly network: string;
  readonly isBridge: boolean;
  /** Who makes bridges of this name, and removes them with the last that needed them. @default none of those known */
  readonly madeBy: "libvirt" | "containers" | undefined;
}

const makers = [
  { pattern: /^gw[0-9a-f]{10}$/, madeBy: "libvirt" },
  { pattern: /^(podman\d+|docker0|br-[0-9a-f]{12})$/, madeBy: "containers" },
] as const;

/** The interface whose network an address is of; undefined where the host is in no such network. */
export function interfaceOf(address: string): HostInterface | undefined {
  const all = Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).flatMap(({ family, cidr }) => (family === "IPv4" && cidr !== null ? [{ name, cidr }] : [])),
  );
  const found = all.find(({ cidr }) => isWithin(address, [cidr]));
  if (found === undefined) return undefined;
  const { name, cidr } = found;
  return {
    name,
    network: networkOf(cidr),
    isBridge: existsSync(`/sys/class/net/${name}/bridge`),
    madeBy: makers.find(({ pattern }) => pattern.test(name))?.madeBy,
  };
}

/** `192.168.1.0/24` of `192.168.1.7/24`. */
function networkOf(cidr: string): string {
  const [, length = "32"] = cidr.split("/");
  return `${formatAddress(parseCidr(cidr)?.first ?? 0)}/${length}`;
}

/** The error about an address of a network that this host is in by a card. */
export function notABridge(address: string, { name, network }: HostInterface): GroundworkError {
  const message = `${address} is of ${network}, which this host is in by ${name}, and ${name} is no bridge`;
  return new GroundworkError("CONFIG_INVALID", message, {
    details: { address, network, interface: name },
    suggestion: `Give IP_ADDRESS a value of another network, or make a bridge: \`ip link add br0 type bridge && ip link set ${name} master br0\`, with the address of ${name} moved to br0.`,
  });
}

/** The error about an address of a bridge that goes with the last of those it was made for. */
export function anothersNetwork(address: string, { name, network }: HostInterface, whose: string): GroundworkError {
  const message = `${address} is of ${network}, where ${whose} have their addresses (${name})`;
  return new GroundworkError("CONFIG_INVALID", message, {
    details: { address, network, interface: name },
    suggestion: "Give IP_ADDRESS a value of another network: virtual machines and containers have each their own.",
  });
}
