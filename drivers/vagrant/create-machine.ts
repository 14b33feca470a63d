/** Makes a machine from its box. */

import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCloudImage } from "../../settings/cloud-image";
import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { DesiredInstance } from "../driver";
import { joinBridge, setAddress } from "./bridges";
import {
  dropBoxFile,
  imageBox,
  removeSeed,
  seedVolume,
  uploadSeed,
  waitForCloudInit,
  type ImageBox,
} from "./cloud-image";
import { startForwarding, stopForwarding } from "./forwarding";
import { describeDomains, type Domain } from "./domains";
import { bootLimit, emulationWarning, hasKvm } from "./kvm";
import {
  foldersOf,
  machineFolder,
  makeMachineFolder,
  removeMachineFolder,
  type FolderIdentity,
  type MachineFolder,
} from "./machine-folder";
import { formatLabels, formatRecord, metadataKey, metadataUri, recordOf } from "./machine-record";
import { macOf } from "./mac";
import { tell, type MachineSetting } from "./machine-setting";
import { ensureNetwork } from "./networks";
import { stopDomain } from "./power";
import { reserveAddress } from "./reservations";
import { loginOf, publicKeyOf, waitForSsh, writeEnvironment, writeSshConfig } from "./ssh";
import { endVagrant, vagrantUp } from "./vagrant";
import { renderVagrantfile } from "./vagrantfile";
import { escapeXml } from "./xml";

/**
 * Makes the machine; when that fails, what was begun is removed. One in which cloud-init failed stays for a look, and is
 * made anew the next time.
 *
 * @returns the domain's id
 */
export async function createMachine(
  setting: MachineSetting,
  desired: DesiredInstance,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { identity } = desired;
  await removeHalfMade(setting, identity);
  const uuid = randomUUID();
  const folder = makeMachineFolder(setting.machines, { ...identity, uuid });
  try {
    await make(setting, desired, { uuid, folder, signal });
    return uuid;
  } catch (error) {
    if (!isForALook(error)) await removeMachine(setting, { ...identity, uuid });
    throw error;
  }
}

function isForALook(error: unknown): boolean {
  return error instanceof GroundworkError && error.code === "PROVISIONING_FAILED";
}

async function make(
  setting: MachineSetting,
  desired: DesiredInstance,
  { uuid, folder, signal }: { uuid: string; folder: MachineFolder; signal: AbortSignal | undefined },
): Promise<void> {
  const { identity, spec, network } = desired;
  const login = loginOf(desired);
  const mac = macOf(identity);
  await ensureNetwork(setting.virsh, network, identity, folder.path);
  const address = await reserveAddress(setting.virsh, network, identity);
  const { keyFile } = login;
  const kvm = await hasKvm(setting.virsh);
  const limit = bootLimit(kvm);
  const inputs = {
    spec,
    network,
    uuid,
    mac,
    labels: formatLabels(identity),
    hasKvm: kvm,
    bootSeconds: limit,
  };
  const publicKey = await publicKeyOf(folder, login);
  const image = readCloudImage(spec.image);
  const box = image === undefined ? boxOf(setting, spec.image) : await imageBox(setting, spec, image, signal);
  if (image !== undefined) await uploadSeed(setting.virsh, folder, { spec, uuid, ...login, publicKey, ...image });
  // A cloud image knows nobody yet: only the machine's own key will open it.
  const keyFiles = [keyFile ?? (image === undefined ? [] : folder.key)].flat();
  const seed = image === undefined ? undefined : seedVolume(spec.name);
  writeFileSync(folder.vagrantfile, renderVagrantfile({ ...inputs, box, seed, keyFiles, publicKey }), { mode: 0o600 });
  if (!inputs.hasKvm) tell(setting, "emulate", emulationWarning);
  await vagrantUp(folder, {
    path: setting.vagrant,
    provider: "libvirt",
    environment: setting.environment,
    onStage: (stage, doing) => tell(setting, stage, `${doing} ${spec.id}`),
    signal,
    limit: (limit + 300) * 1000,
  });
  if (image !== undefined) dropBoxFile(box);
  writeSshConfig(folder, address, login);
  await waitForSsh(folder, spec.name, 60, signal);
  if (image !== undefined) await waitForCloudInit(setting, folder, spec);
  if (Object.keys(spec.environment).length > 0) await writeEnvironment(folder, spec.name, login, spec.environment);
  if (desired.address !== undefined) {
    await joinBridge(setting.virsh, { uuid, interfaces: [], active: true }, desired, folder);
    await setAddress(folder, spec.name, desired);
  }
  await startForwarding(folder, spec.name, desired.ports);
  await finish(setting, desired, { uuid, folder, active: true });
  if (!desired.properties.running) {
    await stopForwarding(folder, spec.name);
    await stopDomain(setting.virsh, uuid, true);
  }
}

function boxOf({ box }: MachineSetting, name: string): ImageBox {
  return { name, file: box?.name === name ? box.file : undefined };
}

/** Writes on the domain what it was made for, and keeps its description: it is made again by that when it is lost. */
export async function finish(
  { virsh }: MachineSetting,
  desired: DesiredInstance,
  { uuid, folder, active }: { readonly uuid: string; readonly folder: MachineFolder; readonly active: boolean },
): Promise<void> {
  const record = formatRecord(recordOf(desired));
  const element = `<instance>${escapeXml(record)}</instance>`;
  const where = ["--config", ...(active ? ["--live"] : [])];
  await virsh.run(["metadata", uuid, metadataUri, "--key", metadataKey, "--set", element, ...where]);
  writeFileSync(join(folder.path, "domain.xml"), await virsh.run(["dumpxml", "--inactive", uuid]), { mode: 0o600 });
}

/** Removes what killed runs left of an instance. */
export async function removeHalfMade(setting: MachineSetting, identity: InstanceIdentity): Promise<void> {
  for (const found of foldersOf(setting.machines, identity)) await removeMachine(setting, found);
}

/** Removes a machine: its domain, its disk and its folder, whichever of them are there. */
export async function removeMachine(setting: MachineSetting, identity: FolderIdentity): Promise<void> {
  const { virsh, machines } = setting;
  const folder = machineFolder(machines, identity.uuid);
  endVagrant(folder);
  await stopForwarding(folder, identity.name);
  const [domain] = await describeDomains(virsh, [identity.uuid]);
  if (domain !== undefined) await removeDomain(setting, domain);
  else if (!(await isNameTaken(virsh, identity.name))) {
    await virsh.call(["vol-delete", "--pool", "default", `${identity.name}.img`]);
    await removeSeed(virsh, identity.name);
  }
  removeMachineFolder(machines, identity.uuid);
}

/** Removes a domain with its disks. */
export async function removeDomain({ virsh }: MachineSetting, { uuid, name, diskFile }: Domain): Promise<void> {
  await virsh.call(["destroy", uuid]);
  const removed = await virsh.call(["undefine", uuid, "--managed-save", "--snapshots-metadata", "--nvram"]);
  if (removed.exitCode !== 0) await virsh.run(["undefine", uuid, "--managed-save", "--snapshots-metadata"]);
  if (diskFile !== undefined) await virsh.call(["vol-delete", diskFile]);
  await removeSeed(virsh, name);
}

async function isNameTaken(virsh: MachineSetting["virsh"], name: string): Promise<boolean> {
  return (await describeDomains(virsh, [name])).length > 0;
}
