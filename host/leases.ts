/** Which port each wish gets. Pure: the ledger calls it inside its transaction, a preview outside. */
import type { PortWish } from "../settings/instance-spec";
import { hostPortKey, mayExist, portKey } from "./promises";
import type { InstancePromise } from "../settings/instance-promise";
import type { HostPort, InstanceKey, LedgerEntry, LedgerPort, PortsById, PortUses } from "./promises";

/** The ports that `auto` is served from: below the kernel's own range for outgoing connections (32768 on Linux). */
export const automaticPorts = { first: 8100, last: 8900 } as const;

/** What {@link assignPorts} decided. */
export interface Assignment {
  readonly ports: PortsById;
  /** Ports it counted on without knowing whether they are free: probe them, then assign again. */
  readonly unprobed: readonly HostPort[];
}

/**
 * The ports that are known before anything is leased: fixed ones, and automatic ones that the stack already holds.
 * An automatic port stays with the same id, inside port, protocol and address, whatever else changes.
 */
export function knownPorts(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
): PortsById {
  const held = entries
    .filter((entry) => entry.stack === stack)
    .flatMap((entry) => entry.ports.filter((port) => port.automatic).map((port) => ({ id: entry.id, port })));
  const takeHeld = (id: string, wish: PortWish): LedgerPort | undefined => {
    const index = held.findIndex((candidate) => candidate.id === id && serves(candidate.port, wish));
    return index < 0 ? undefined : held.splice(index, 1)[0]?.port;
  };
  const known = (id: string, wish: PortWish): LedgerPort | undefined =>
    wish.host === "auto" ? takeHeld(id, wish) : leasePort(wish, wish.host);
  return new Map(promises.map(({ id, ports }) => [id, ports.map((wish) => known(id, wish))]));
}

/**
 * Gives every wish a port. A new automatic port is the lowest that nobody has leased and nobody was seen to use; a
 * port whose use is not in `uses` is taken to be free and named in `unprobed`.
 *
 * @param ours ports (by portKey) that need no probe, because our own instance may be listening there
 */
export function assignPorts(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  uses: PortUses,
  ours: ReadonlySet<string>,
): Assignment {
  const known = knownPorts(entries, stack, promises);
  const leased = new Set([...entries.flatMap((entry) => entry.ports), ...[...known.values()].flat()].map(keyOf));
  const choose = (wish: PortWish): LedgerPort | undefined => {
    const chosen = lowestFree(wish, leased, uses);
    leased.add(keyOf(chosen));
    return chosen;
  };
  const ports = new Map(
    promises.map(({ id, ports: wishes }) => [id, wishes.map((wish, at) => known.get(id)?.[at] ?? choose(wish))]),
  );
  return { ports, unprobed: unprobedPorts(ports, othersPorts(entries, stack), uses, ours) };
}

/** The ports that instances of this stack may be listening on. */
export function portsOfOurs(entries: readonly LedgerEntry[], stack: string): ReadonlySet<string> {
  const own = entries.filter((entry) => entry.stack === stack && mayExist(entry));
  return new Set(own.flatMap((entry) => entry.ports.map(keyOf)));
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
): (readonly [InstanceKey, LedgerPort])[] {
  const given = promises.flatMap(({ id, backend }) =>
    (ports.get(id) ?? []).filter((port) => port !== undefined).map((port) => [{ stack, id, backend }, port] as const),
  );
  const taken = new Set(given.map(([, port]) => keyOf(port)));
  const held = leaving.flatMap((entry) => entry.ports.map((port) => [entry, port] as const));
  return [...given, ...held.filter(([, port]) => !taken.has(keyOf(port)))];
}

/** A leased port as a port of the host. */
export function toHostPort(port: LedgerPort): HostPort {
  return { protocol: port.protocol, port: port.host, address: port.address };
}

function unprobedPorts(
  ports: PortsById,
  others: ReadonlyMap<string, LedgerEntry>,
  uses: PortUses,
  ours: ReadonlySet<string>,
): HostPort[] {
  return [...ports.values()]
    .flat()
    .filter((port) => port !== undefined)
    .map(toHostPort)
    .filter((port) => !ours.has(portKey(port)) && !others.has(portKey(port)) && !uses.has(hostPortKey(port)));
}

function lowestFree(wish: PortWish, leased: ReadonlySet<string>, uses: PortUses): LedgerPort | undefined {
  for (let host: number = automaticPorts.first; host <= automaticPorts.last; host++) {
    const candidate = leasePort(wish, host);
    const taken = uses.get(hostPortKey(toHostPort(candidate)))?.state === "taken";
    if (!leased.has(keyOf(candidate)) && !taken) {
      return candidate;
    }
  }
  return undefined;
}

function leasePort(wish: PortWish, host: number): LedgerPort {
  const { inside, protocol, address } = wish;
  return { host, inside, protocol, address, automatic: wish.host === "auto" };
}

function serves(port: LedgerPort, wish: PortWish): boolean {
  return port.inside === wish.inside && port.protocol === wish.protocol && port.address === wish.address;
}

function keyOf(port: LedgerPort | undefined): string {
  return port === undefined ? "" : portKey(toHostPort(port));
}
