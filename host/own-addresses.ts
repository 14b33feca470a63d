/** Which address of its own each instance gets on a bridge. Pure: the ledger calls it inside its transaction. */
import { addressWish, automaticAddress, automaticAddresses } from "../settings/bridge";
import type { OwnAddress } from "../settings/instance-objects";
import type { InstancePromise } from "../settings/instance-promise";
import type { AddressesById, AddressUses, InstanceKey, LedgerEntry, RememberedLease } from "./promises";

/** What {@link assignAddresses} decided. */
export interface AddressAssignment {
  readonly addresses: AddressesById;
  /** Addresses it counted on without knowing whether a stranger has them. */
  readonly unprobed: readonly string[];
}

/** What {@link assignAddresses} goes by, besides the ledger. */
export interface AddressKnowledge {
  readonly uses: AddressUses;
  /** Where the search for automatic addresses begins: any number from 0. */
  readonly seed: number;
  readonly remembered?: RememberedLease | undefined;
}

/**
 * The addresses that are known before anything is leased: fixed ones, and automatic ones that the stack already holds, or
 * remembers where nobody else holds them.
 */
export function knownAddresses(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  remembered?: RememberedLease,
): AddressesById {
  const leased = new Set(entries.map(({ address }) => address?.address));
  const known = (promise: InstancePromise): OwnAddress | undefined => {
    const wish = addressWish(promise);
    if (wish !== automaticAddress) return wish === undefined ? undefined : { address: wish, automatic: false };
    const held = entries.find((entry) => isOf(entry, stack, promise))?.address;
    const lost = remembered?.addresses.get(promise.id);
    const [kept] = [held, ...(leased.has(lost?.address) ? [] : [lost])].filter((one) => one?.automatic === true);
    return kept;
  };
  return new Map(asking(promises).map((promise) => [promise.id, known(promise)]));
}

/**
 * Gives an address to every instance that asks for one. A new automatic address is the first from the seed on that nobody
 * has leased and no stranger was seen to have. An address that the stack holds already is not looked at: what answers
 * there is its own.
 */
export function assignAddresses(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  { uses, seed, remembered }: AddressKnowledge,
): AddressAssignment {
  const known = knownAddresses(entries, stack, promises, remembered);
  const leased = new Set([...entries.map(({ address }) => address), ...known.values()].map((one) => one?.address));
  const choose = ({ backend }: InstancePromise): OwnAddress | undefined => {
    const free = (address: string) => !leased.has(address) && uses.get(address)?.state !== "taken";
    const address = automaticAddresses(backend, seed).find(free);
    leased.add(address);
    return address === undefined ? undefined : { address, automatic: true };
  };
  const addresses = new Map(
    asking(promises).map((promise) => [promise.id, known.get(promise.id) ?? choose(promise)] as const),
  );
  const held = new Set(entries.flatMap(({ address }) => address?.address ?? []));
  const unprobed = [...addresses.values()]
    .flatMap((one) => one?.address ?? [])
    .filter((address) => !held.has(address) && !uses.has(address));
  return { addresses, unprobed };
}

/**
 * The addresses of a whole stack as they shall stand in the ledger: what its instances get, and what those that are
 * leaving still hold, unless another instance of the stack has taken it over.
 */
export function addressesToKeep(
  stack: string,
  promises: readonly InstancePromise[],
  addresses: AddressesById,
  leaving: readonly LedgerEntry[],
): (readonly [InstanceKey, OwnAddress])[] {
  const given = promises.flatMap(({ id, backend }) => {
    const address = addresses.get(id);
    return address === undefined ? [] : [[{ stack, id, backend }, address] as const];
  });
  const taken = new Set(given.map(([, { address }]) => address));
  const held = leaving.flatMap((entry) => (entry.address === undefined ? [] : [[entry, entry.address] as const]));
  return [...given, ...held.filter(([, { address }]) => !taken.has(address))];
}

/** Those that ask for an address of their own. */
export function asking(promises: readonly InstancePromise[]): readonly InstancePromise[] {
  return promises.filter((promise) => addressWish(promise) !== undefined);
}

function isOf(entry: LedgerEntry, stack: string, { id, backend }: InstancePromise): boolean {
  return entry.stack === stack && entry.id === id && entry.backend === backend;
}
