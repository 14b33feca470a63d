/** The networks of libvirt: a stack's own, which its machines share with nobody else, and all subnets in use. */

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackNetwork } from "../../settings/stack-network";
import { allDomains } from "./domains";
import { parseNetworks, renderNetwork, type LibvirtNetwork, type StackNetworkInputs } from "./network-xml";
import { giveAllBack } from "./reservations";
import { uplink } from "./uplink";
import { virshError, type Virsh } from "./virsh";

/** All networks. */
export async function listNetworks(virsh: Virsh): Promise<readonly LibvirtNetwork[]> {
  const names = (await virsh.run(["net-list", "--all", "--name"]))
    .split("\n")
    .filter((name) => /^[\w.-]+$/.test(name.trim()));
  return parseNetworks(await virsh.batch(names.map((name) => ["net-dumpxml", name.trim()])));
}

/** The network of a name; undefined where there is none. */
export async function findNetwork(virsh: Virsh, name: string): Promise<LibvirtNetwork | undefined> {
  return parseNetworks((await virsh.call(["net-dumpxml", name])).stdout)[0];
}

/**
 * Makes the network of the instance's stack, unless it is there, and starts it. One whose machines would go out by an
 * interface that is not this host's way out any more is described anew, which counts when nobody is on it.
 *
 * @param folder for the description, for a moment
 * @throws INFRA_EXISTS when another's network has its name
 */
export async function ensureNetwork(
  virsh: Virsh,
  network: StackNetwork,
  identity: InstanceIdentity,
  folder: string,
): Promise<void> {
  const { name } = network;
  const inputs = { owner: identity, uplink: uplink() };
  const present = (await findNetwork(virsh, name)) ?? (await defineFirst(virsh, folder, network, inputs));
  if (present !== undefined && !isOf(present, identity)) {
    throw foreignNetwork(name, `${identity.id}: `, "this stack's");
  }
  if (present !== undefined && present.uplink !== inputs.uplink) {
    await defineNetwork(virsh, folder, renderNetwork(network, { ...inputs, present }));
    if (!present.isUsed && present.containers.length === 0) await virsh.call(["net-destroy", name]);
  }
  await startNetwork(virsh, name);
}

/** Defines a network; returns the one that another run has just defined instead: addresses may be reserved there already. */
async function defineFirst(
  virsh: Virsh,
  folder: string,
  network: StackNetwork,
  inputs: StackNetworkInputs,
): Promise<LibvirtNetwork | undefined> {
  try {
    await defineNetwork(virsh, folder, renderNetwork(network, inputs));
    return undefined;
  } catch (error) {
    const present = await findNetwork(virsh, network.name);
    if (present === undefined) throw error;
    return present;
  }
}

/** Defines a network; one that is defined like that already stays as it is. */
export async function defineNetwork(virsh: Virsh, folder: string, description: string): Promise<void> {
  const file = join(folder, "network.xml");
  writeFileSync(file, description);
  try {
    await virsh.run(["net-define", file]);
  } finally {
    rmSync(file);
  }
}

/** Starts a network; one that is started is fine. */
export async function startNetwork(virsh: Virsh, name: string): Promise<void> {
  const started = await virsh.call(["net-start", name]);
  if (started.exitCode !== 0 && !/already active/i.test(started.stderr)) throw virshError(["net-start"], started);
}

/** The networks that no domain and no container is on. */
export async function unusedNetworks(virsh: Virsh): Promise<readonly LibvirtNetwork[]> {
  const [networks, domains] = await Promise.all([listNetworks(virsh), allDomains(virsh)]);
  const used = new Set(domains.flatMap(({ interfaces }) => interfaces.map(({ network }) => network)));
  return networks.filter(({ name, containers }) => !used.has(name) && containers.length === 0);
}

/** Takes an instance that has gone off the networks of its stack; one that nobody is on, or is to be on, goes with it. */
export async function leaveNetworks(virsh: Virsh, identity: InstanceIdentity): Promise<void> {
  for (const { name } of (await listNetworks(virsh)).filter((network) => isOf(network, identity))) {
    await giveAllBack(virsh, name, identity);
  }
  await removeUnreserved(virsh, (network) => isOf(network, identity));
}

/** Removes those of some networks that nobody is on, and where no address is kept for anybody. */
export async function removeUnreserved(virsh: Virsh, which: (network: LibvirtNetwork) => boolean): Promise<void> {
  for (const network of (await unusedNetworks(virsh)).filter(which)) {
    if (network.reserved.length === 0) await removeNetwork(virsh, network.name);
  }
}

function isOf({ owner }: LibvirtNetwork, { host, stack }: Pick<InstanceIdentity, "host" | "stack">): boolean {
  return owner?.host === host && owner.stack === stack;
}

/** Removes a network; one that is gone is fine. */
export async function removeNetwork(virsh: Virsh, name: string): Promise<void> {
  await virsh.call(["net-destroy", name]);
  await virsh.call(["net-undefine", name]);
}

/** The error about another's network that has our name. */
export function foreignNetwork(name: string, before: string, owner: string): GroundworkError {
  const message = `${before}a network named "${name}" is there already and is not ${owner}; it was left untouched`;
  return new GroundworkError("INFRA_EXISTS", message, { details: { network: name } });
}
