/** Which port each wish gets. Pure: the ledger calls it inside its transaction, a preview outside. */
import type { OwnedPort } from "../settings/instance-objects";
import type { PortWish } from "../settings/instance-spec";
import { hostPortKey, portKey } from "./promises";
import type { InstancePromise } from "../settings/instance-promise";
import type { HostPort, InstanceKey, LedgerEntry, PortsById, PortUses, RememberedLease } from "./promises";

/** The ports that `auto` is served from: below the kernel's own range for outgoing connections (32768 on Linux). */
export const automaticPorts = { first: 8100, last: 8900 } as const;

/** What {@link assignPorts} decided. */
export interface Assignment {
  readonly ports: PortsById;
  /** Ports it counted on without knowing whether they are free: probe them, then assign again. */
  readonly unprobed: readonly HostPort[];
}

/**
 * The ports that are known before anything is leased: fixed ones, and automatic ones that the stack already holds, or
 * remembers where nobody else holds them. An automatic port stays with the same id, inside port, protocol and address,
 * whatever else changes.
 */
export function knownPorts(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  remembered?: RememberedLease,
): PortsById {
  const leased = new Set(entries.flatMap((entry) => entry.ports.map(keyOf)));
  const own = entries.filter((entry) => entry.stack === stack).map(({ id, ports }) => [id, ports] as const);
  const lost = [...(remembered?.ports ?? [])].map(
    ([id, ports]) => [id, ports.filter((port) => !leased.has(keyOf(port)))] as const,
  );
  const held = [...own, ...lost].flatMap(([id, ports]) =>
    ports.filter((port) => port.automatic).map((port) => ({ id, port })),
  );
  const takeHeld = (id: string, wish: PortWish): OwnedPort | undefined => {
    const index = held.findIndex((candidate) => candidate.id === id && serves(candidate.port, wish));
    return index < 0 ? undefined : held.splice(index, 1)[0]?.port;
  };
  const known = (id: string, wish: PortWish): OwnedPort | undefined =>
    wish.host === "auto" ? takeHeld(id, wish) : leasePort(wish, wish.host);
  return new Map(promises.map(({ id, ports }) => [id, ports.map((wish) => known(id, wish))]));
}

/** What {@link assignPorts} goes by, besides the ledger. */
export interface PortKnowledge {
  readonly uses: PortUses;
  /** Ports (by portKey) that need no probe, because an object of the stack has them. */
  readonly ours: ReadonlySet<string>;
  /** Where the search for automatic ports begins: any number from 0. */
  readonly seed: number;
  readonly remembered?: RememberedLease | undefined;
}

/**
 * Gives every wish a port. A new automatic port is the first from the seed on that nobody has leased and nobody was
 * seen to use; a port whose use is not known is taken to be free and named in `unprobed`. An automatic port that
 * somebody else was seen to use is given up for another. What stands still binds no port, so nothing is probed for it.
 */
export function assignPorts(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  { uses, ours, seed, remembered }: PortKnowledge,
): Assignment {
  const known = knownPorts(entries, stack, promises, remembered);
  const leased = new Set([...entries.flatMap((entry) => entry.ports), ...[...known.values()].flat()].map(keyOf));
  const choose = (wish: PortWish): OwnedPort | undefined => {
    const chosen = firstFree(wish, leased, uses, seed);
    leased.add(keyOf(chosen));
    return chosen;
  };
  const keep = (port: OwnedPort | undefined): OwnedPort | undefined =>
    port !== undefined && port.automatic && isTaken(port, uses) ? undefined : port;
  const ports = new Map(
    promises.map(({ id, ports: wishes }) => [id, wishes.map((wish, at) => keep(known.get(id)?.[at]) ?? choose(wish))]),
  );
  const toBind = promises.filter(({ power }) => power === "running").flatMap(({ id }) => ports.get(id) ?? []);
  return { ports, unprobed: unprobedPorts(toBind, othersPorts(entries, stack), uses, ours) };
}

/** The entry of another stack that holds each port, by portKey. */
export function othersPorts(entries: readonly LedgerEntry[], stack: string): ReadonlyMap<string, LedgerEntry> {
  const others = entries.filter((entry) => entry.stack !== stack);
  return new Map(others.flatMap((entry) => entry.ports.map((port) => [keyOf(port), entry] as const)));
}

/**
 * The ports of a whole stack as they shall stand in the ledger: what its instances get, and what those that are leaving
 * still hold, unless another instance of the stack has taken it over.
 */
export function portsToKeep(
  stack: string,
  promises: readonly InstancePromise[],
  ports: PortsById,
  leaving: readonly LedgerEntry[],
): (readonly [InstanceKey, OwnedPort])[] {
  const given = promises.flatMap(({ id, backend }) =>
    (ports.get(id) ?? []).filter((port) => port !== undefined).map((port) => [{ stack, id, backend }, port] as const),
  );
  const taken = new Set(given.map(([, port]) => keyOf(port)));
  const held = leaving.flatMap((entry) => entry.ports.map((port) => [entry, port] as const));
  return [...given, ...held.filter(([, port]) => !taken.has(keyOf(port)))];
}

/** A leased port as a port of the host. */
export function toHostPort(port: OwnedPort): HostPort {
  return { protocol: port.protocol, port: port.host, address: port.address };
}

function unprobedPorts(
  ports: readonly (OwnedPort | undefined)[],
  others: ReadonlyMap<string, LedgerEntry>,
  uses: PortUses,
  ours: ReadonlySet<string>,
): HostPort[] {
  return ports
    .filter((port) => port !== undefined)
    .map(toHostPort)
    .filter((port) => !ours.has(portKey(port)) && !others.has(portKey(port)) && !uses.has(hostPortKey(port)));
}

function firstFree(wish: PortWish, leased: ReadonlySet<string>, uses: PortUses, seed: number): OwnedPort | undefined {
  const count = automaticPorts.last - automaticPorts.first + 1;
  for (let step = 0; step < count; step++) {
    const candidate = leasePort(wish, automaticPorts.first + ((seed + step) % count));
    if (!leased.has(keyOf(candidate)) && !isTaken(candidate, uses)) return candidate;
  }
  return undefined;
}

function isTaken(port: OwnedPort, uses: PortUses): boolean {
  return uses.get(hostPortKey(toHostPort(port)))?.state === "taken";
}

function leasePort(wish: PortWish, host: number): OwnedPort {
  const { inside, protocol, address } = wish;
  return { host, inside, protocol, address, automatic: wish.host === "auto" };
}

function serves(port: OwnedPort, wish: PortWish): boolean {
  return port.inside === wish.inside && port.protocol === wish.protocol && port.address === wish.address;
}

function keyOf(port: OwnedPort | undefined): string {
  return port === undefined ? "" : portKey(toHostPort(port));
}
