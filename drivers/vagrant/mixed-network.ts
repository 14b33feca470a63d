/**
 * The network of a stack's machines, as the driver of containers uses it: containers of the stack are on it too, each with
 * an address that libvirt keeps for it and a name that libvirt tells the machines.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackMachines } from "../../settings/stack-network";
import { parseNetworks, type LibvirtNetwork } from "./network-xml";
import { ensureNetwork, findNetwork, removeUnreserved } from "./networks";
import { forgetContainer, nameContainer, reserveAddress } from "./reservations";
import type { Virsh } from "./virsh";

/** A container's address among machines, and theirs. */
export interface MixedAddresses {
  /** The container's. */
  readonly own: string;
  /** The machines', by their ids. */
  readonly machines: Readonly<Record<string, string>>;
}

/**
 * Makes the network unless it is there, and starts it.
 *
 * @throws INFRA_EXISTS when another's network has its name
 */
export async function ensureMixedNetwork(
  virsh: Virsh,
  { network }: StackMachines,
  identity: InstanceIdentity,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-network-"));
  try {
    await ensureNetwork(virsh, network, identity, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives a container its address and its name; and the machines their addresses, those too that are still to be made. */
export async function reserveAddresses(
  virsh: Virsh,
  { network, ids }: StackMachines,
  identity: InstanceIdentity,
): Promise<MixedAddresses> {
  const own = await nameContainer(virsh, network, identity);
  const machines: Record<string, string> = {};
  for (const id of ids) machines[id] = await reserveAddress(virsh, network, { ...identity, id });
  return { own, machines };
}

/** The networks of these names, with one call. */
export async function describeMixedNetworks(
  virsh: Virsh,
  names: readonly string[],
): Promise<readonly LibvirtNetwork[]> {
  return parseNetworks(await virsh.batch([...new Set(names)].map((name) => ["net-dumpxml", name])));
}

/** Takes the name of a container that has gone away. @param id @default of all containers */
export async function forgetContainers(virsh: Virsh, network: string, id?: string): Promise<void> {
  const ids = id === undefined ? ((await findNetwork(virsh, network))?.containers ?? []).map(({ name }) => name) : [id];
  for (const each of ids) await forgetContainer(virsh, network, each);
}

/** Removes the network unless somebody is on it, or is to be. */
export async function leaveMixedNetwork(virsh: Virsh, network: string): Promise<void> {
  await removeUnreserved(virsh, ({ name }) => name === network);
}
