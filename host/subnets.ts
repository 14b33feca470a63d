/** Which subnet a stack's network gets. Pure. */
import type { InstancePromise } from "../settings/instance-promise";
import type { Backend } from "../settings/instance-spec";
import { formatAddress, parseAddress, parseCidr } from "../settings/ipv4";
import { subnetPool } from "../settings/stack-network";
import type { LedgerEntry, RememberedLease, Subnets } from "./promises";

const addressesOfSubnet = 256;

/** The networks that the host and a backend have already, CIDR. */
export type NetworksByBackend = ReadonlyMap<Backend, readonly string[]>;

/** What {@link assignSubnets} decided. */
export interface SubnetAssignment {
  /** Those of the backends that are asked for; one is absent where the pool is used up, or something is unknown. */
  readonly subnets: Subnets;
  /** Backends for which a subnet must be chosen and whose networks are not known yet. */
  readonly unknown: readonly Backend[];
}

/** The subnets that a stack holds, or remembers where nobody else holds them. */
export function knownSubnets(entries: readonly LedgerEntry[], stack: string, remembered?: RememberedLease): Subnets {
  const leased = new Set(entries.map(({ subnet }) => subnet));
  const lost = [...(remembered?.subnets ?? [])].filter(([, subnet]) => !leased.has(subnet));
  const own = entries.filter((entry) => entry.stack === stack);
  const held = own.flatMap(({ backend, subnet }) => (subnet === undefined ? [] : [[backend, subnet] as const]));
  return new Map([...lost, ...held]);
}

/** What {@link assignSubnets} goes by, besides the ledger. */
export interface NetworkKnowledge {
  readonly networks: NetworksByBackend;
  /** Where the search begins: any number from 0. */
  readonly seed: number;
  readonly remembered?: RememberedLease | undefined;
}

/**
 * Gives the stack a subnet at each of its backends: the one that it holds, else the one that it remembers and nobody
 * else holds, else the first that is free.
 */
export function assignSubnets(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  { networks, seed, remembered }: NetworkKnowledge,
): SubnetAssignment {
  const held = knownSubnets(entries, stack, remembered);
  const backends = [...new Set(promises.map(({ backend }) => backend))];
  const unknown = backends.filter((backend) => !held.has(backend) && !networks.has(backend));
  const subnets = new Map<Backend, string>();
  for (const backend of unknown.length > 0 ? [] : backends) {
    const leased = entries.flatMap((entry) => entry.subnet ?? []);
    const taken = [...leased, ...subnets.values(), ...[...networks.values()].flat()];
    const subnet = held.get(backend) ?? chooseSubnet(taken, seed);
    if (subnet !== undefined) subnets.set(backend, subnet);
  }
  return { subnets, unknown };
}

/**
 * The first subnet of the pool that overlaps nothing that is taken.
 *
 * @param taken CIDR; what is not IPv4 is left aside
 * @param seed where in the pool the search begins: any number from 0
 * @returns CIDR; undefined when nothing is left
 */
export function chooseSubnet(taken: readonly string[], seed: number): string | undefined {
  const ranges = taken.map(parseCidr).filter((range) => range !== undefined);
  const pool = parseAddress(subnetPool.first) ?? 0;
  for (let step = 0; step < subnetPool.count; step++) {
    const first = pool + ((seed + step) % subnetPool.count) * addressesOfSubnet;
    const last = first + addressesOfSubnet - 1;
    if (!ranges.some((range) => range.first <= last && first <= range.last)) return `${formatAddress(first)}/24`;
  }
  return undefined;
}

/** The networks that the routes in `/proc/net/route` lead to, in CIDR; the default route leads everywhere, and is none. */
export function parseRoutes(text: string): string[] {
  const rows = text.split("\n").slice(1);
  return rows.flatMap((row) => {
    const [, destination = "", , , , , , mask = ""] = row.trim().split(/\s+/);
    const length = bitsOf(readLittleEndian(mask));
    return mask === "" || length === 0 ? [] : [`${formatAddress(readLittleEndian(destination))}/${length}`];
  });
}

/** The kernel prints addresses as the bytes lie in memory. */
function readLittleEndian(hex: string): number {
  const bytes = hex.match(/../g) ?? [];
  return bytes.reduceRight((value, byte) => value * 256 + Number.parseInt(byte, 16), 0);
}

function bitsOf(mask: number): number {
  return mask.toString(2).replaceAll("0", "").length;
}
