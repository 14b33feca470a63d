/** What a ledger that was lost must hold again, told by the objects at the backends. Pure. */
import type { OwnAddress, OwnedObject, OwnedPort } from "../settings/instance-objects";
import type { InstancePromise } from "../settings/instance-promise";
import type { Backend } from "../settings/instance-spec";
import { portKey, type InstanceKey, type LedgerEntry } from "./promises";
import { toHostPort } from "./leases";

/** What is promised to an instance, but for what is chosen on this host. */
export type HeldPromise = Omit<InstancePromise, "ports" | "networkMode" | "ipAddress">;

/** How a ledger comes to hold what is there. */
export interface Rebuild {
  /** Instances that it does not know. */
  readonly missing: readonly {
    readonly stack: string;
    readonly objectId: string;
    readonly promise: HeldPromise;
    readonly ports: readonly OwnedPort[];
    readonly address: OwnAddress | undefined;
  }[];
  /** Instances that it knows without their object, or with one that is gone. */
  readonly found: readonly { readonly key: InstanceKey; readonly objectId: string }[];
  /** Instances of projects that no longer are: nothing of them is at a backend, nor is their stack in the home. */
  readonly vanished: readonly InstanceKey[];
}

/**
 * Compares a ledger with what is there.
 *
 * @param stacks those whose state is in this home: objects of others belong to another home on this host
 */
export function planRebuild(
  entries: readonly LedgerEntry[],
  objects: readonly OwnedObject[],
  stacks: ReadonlySet<string>,
): Rebuild {
  const vanished = entries.filter(
    (entry) =>
      entry.projectDirectory !== undefined && !stacks.has(entry.stack) && !objects.some((one) => isOf(one, entry)),
  );
  const known = entries.filter((entry) => !vanished.includes(entry));
  const ports = new Set(known.flatMap((entry) => entry.ports.map((port) => portKey(toHostPort(port)))));
  const addresses = new Set(known.map(({ address }) => address?.address));
  const names = new Set(known.filter(({ leaving }) => !leaving).map(nameKey));
  const missing: Rebuild["missing"][number][] = [];
  for (const object of objects) {
    const { stack, id, name, backend } = object.identity;
    const isKnown = known.some((entry) => isOf(object, entry));
    if (isKnown || !stacks.has(stack) || names.has(nameKey(object.identity))) continue;
    const free = object.ports.filter((port) => !ports.has(portKey(toHostPort(port))));
    for (const port of free) ports.add(portKey(toHostPort(port)));
    names.add(nameKey(object.identity));
    const address = addresses.has(object.address?.address) ? undefined : object.address;
    addresses.add(address?.address);
    const { objectId, memoryMiB, cpus, diskGiB, projectDirectory } = object;
    const power = object.running ? "running" : "stopped";
    const amounts = { memoryMiB, cpus, diskGiB };
    const promise = { id, name, backend: backend as Backend, projectDirectory, ...amounts, power } as const;
    missing.push({ stack, objectId, promise, ports: free, address });
  }
  const found = known.flatMap((entry) => {
    const object = objects.find((one) => isOf(one, entry));
    return object === undefined || object.objectId === entry.backendId
      ? []
      : [{ key: entry, objectId: object.objectId }];
  });
  return { missing, found, vanished };
}

function isOf({ identity }: OwnedObject, { stack, id, backend }: InstanceKey): boolean {
  return identity.stack === stack && identity.id === id && identity.backend === backend;
}

function nameKey({ name, backend }: { readonly name: string; readonly backend: string }): string {
  return `${backend} ${name}`;
}
