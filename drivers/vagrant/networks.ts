/** The networks of libvirt: a stack's own, which its machines share with nobody else, and all subnets in use. */

import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackNetwork } from "../../settings/stack-network";
import { baseOf, parseNetworks, renderNetwork, reservation, type LibvirtNetwork } from "./network-xml";
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
 * interface that is not this host's way out any more is described anew, which counts when no machine runs on it.
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
  const present = await findNetwork(virsh, name);
  if (present === undefined) {
    await defineNetwork(virsh, folder, renderNetwork(network, inputs));
  } else if (present.owner?.host !== identity.host || present.owner.stack !== identity.stack) {
    throw foreignNetwork(name, `${identity.id}: `, "this stack's");
  } else if (present.uplink !== inputs.uplink) {
    await defineNetwork(virsh, folder, renderNetwork(network, { ...inputs, reserved: present.reserved }));
    if (!present.isUsed) await virsh.call(["net-destroy", name]);
  }
  await startNetwork(virsh, name);
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

/** Gives the machine an address of its own on its network, and its name there; the one it has stays. */
export async function reserveAddress(
  virsh: Virsh,
  { name, subnet }: StackNetwork,
  id: string,
  mac: string,
): Promise<string> {
  const { reserved = [] } = (await findNetwork(virsh, name)) ?? {};
  const held = reserved.find((one) => one.mac === mac);
  if (held !== undefined) return held.ip;
  // A run that was killed may have left it in the description alone, where it would refuse every other.
  await giveBack(virsh, name, mac);
  const taken = new Set(reserved.map(({ ip }) => ip));
  const all = Array.from({ length: 190 }, (_, index) => `${baseOf(subnet)}.${String(10 + index)}`);
  for (const ip of all.filter((one) => !taken.has(one))) {
    const entry = reservation({ mac, name: id, ip });
    const result = await virsh.call(["net-update", name, "add-last", "ip-dhcp-host", entry, "--live", "--config"]);
    if (result.exitCode === 0) return ip;
    // Another machine of the stack was faster with this one.
    if (!/existing dhcp host entry/i.test(result.stderr)) throw virshError(["net-update"], result);
  }
  throw new GroundworkError("INSUFFICIENT_RESOURCES", `The network ${name} has no address left for ${id}.`);
}

/**
 * Gives the address of a machine back, from what is in force and from the description: one command for both does neither
 * where one of them lacks it. None is fine.
 */
async function giveBack(virsh: Virsh, network: string, mac: string): Promise<void> {
  for (const where of ["--live", "--config"]) {
    await virsh.call(["net-update", network, "delete", "ip-dhcp-host", `<host mac='${mac}'/>`, where]);
  }
}

/** Removes the networks of a stack that no domain is on any more; each machine's address there goes first. */
export async function leaveNetworks(
  virsh: Virsh,
  identity: InstanceIdentity,
  used: ReadonlySet<string>,
): Promise<void> {
  const mac = macOf(identity);
  for (const { name, owner, reserved } of await listNetworks(virsh)) {
    if (owner?.host !== identity.host || owner.stack !== identity.stack) continue;
    await giveBack(virsh, name, mac);
    if (!used.has(name) && reserved.every((one) => one.mac === mac)) await removeNetwork(virsh, name);
  }
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

/**
 * The hardware address of an instance: one of QEMU's, made of who the instance is.
 *
 * @param address of the interface that has this address. @default of the one on its stack's network
 */
export function macOf({ host, stack, id }: InstanceIdentity, address?: string): string {
  const who = [host, stack, id, ...(address === undefined ? [] : [address])];
  const [a = "", b = "", c = ""] = createHash("sha256").update(who.join("\0")).digest("hex").match(/../g) ?? [];
  return `52:54:00:${a}:${b}:${c}`;
}
