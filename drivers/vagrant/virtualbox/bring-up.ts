/** Makes a machine on VirtualBox, or starts it with other settings: Vagrant does either. */

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../../../settings/errors";
import { ownerLabels, type InstanceIdentity } from "../../../settings/instance-properties";
import type { DesiredInstance } from "../../driver";
import { growFileSystem } from "../disk";
import {
  foldersOf,
  machineFolder,
  makeMachineFolder,
  removeMachineFolder,
  type MachineFolder,
} from "../machine-folder";
import { recordOf } from "../machine-record";
import type { MachineSetting } from "../machine-setting";
import { loginOf, publicKeyOf, writeEnvironment, writeSshConfig } from "../ssh";
import { endVagrant, vagrantUp } from "../vagrant";
import { formatDescription } from "./description";
import { describeMachines, removeVirtualBoxMachine, stopVirtualBoxMachine, type VirtualBoxMachine } from "./machines";
import { renderVirtualBoxFile } from "./vagrantfile";
import type { VBoxManage } from "./vboxmanage";

/** The programs and folders that machines are made with. */
export interface VirtualBoxSetting extends Pick<MachineSetting, "machines" | "vagrant" | "environment" | "onStage"> {
  readonly vboxManage: VBoxManage;
}

/** Seconds that a machine has to boot. */
const bootSeconds = 300;

/** Makes the machine; when that fails, what was begun is removed. @returns its id */
export async function createVirtualBoxMachine(
  setting: VirtualBoxSetting,
  desired: DesiredInstance,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { identity, properties } = desired;
  await removeFolders(setting, identity);
  // VirtualBox chooses the machine's id, so that the folder has one of its own.
  const folder = makeMachineFolder(setting.machines, { ...identity, uuid: randomUUID() });
  writeFileSync(markOf(folder), "");
  try {
    const { uuid } = await bringUp(setting, desired, folder, signal);
    rmSync(markOf(folder));
    if (!properties.running) await stopVirtualBoxMachine(setting.vboxManage, uuid, true);
    return uuid;
  } catch (error) {
    await removeFolders(setting, identity);
    throw error;
  }
}

/**
 * Lets Vagrant bring the machine of this folder up as it is desired: one that is not there is imported from its box, one
 * that is off is given the settings first.
 */
export async function bringUp(
  { vboxManage, vagrant, environment, onStage }: VirtualBoxSetting,
  desired: DesiredInstance,
  folder: MachineFolder,
  signal: AbortSignal | undefined,
): Promise<VirtualBoxMachine> {
  const { spec } = desired;
  const login = loginOf(desired);
  writeFileSync(folder.vagrantfile, renderVirtualBoxFile(await inputsOf(desired, folder)), { mode: 0o600 });
  await vagrantUp(folder, {
    path: vagrant,
    provider: "virtualbox",
    // Vagrant 2.3.4 leaves a disk's size alone without it.
    environment: { ...environment, VAGRANT_EXPERIMENTAL: "disks" },
    onStage: (stage, doing) => onStage({ stage: `${stage} virtualbox instance`, message: `${doing} ${spec.id}` }),
    signal,
    limit: (bootSeconds + 300) * 1000,
  });
  const id = idIn(folder, spec.name);
  const [machine] = await describeMachines(vboxManage, ({ uuid }) => uuid === id);
  if (machine?.sshPort === undefined) {
    throw new GroundworkError("ENGINE_FAILED", `${spec.id}: Vagrant has left no machine that SSH reaches.`);
  }
  writeSshConfig(folder, "127.0.0.1", login, machine.sshPort);
  await writeEnvironment(folder, spec.name, login, spec.environment);
  await growFileSystem(folder, spec.name);
  return machine;
}

async function inputsOf(desired: DesiredInstance, folder: MachineFolder) {
  const { spec, ports, address, identity } = desired;
  const login = loginOf(desired);
  const { diskGiB = 0, image: name } = spec;
  const description = {
    labels: ownerLabels(identity),
    record: recordOf(desired),
    diskGiB,
    kept: false,
    ipAddress: desired.properties.ipAddress,
  };
  return {
    spec,
    ports,
    address,
    bootSeconds,
    box: { name },
    publicKey: await publicKeyOf(folder, login),
    keyFiles: [login.keyFile ?? folder.key],
    description: formatDescription(description),
  };
}

/** Removes what is told by the folders of an instance: the folders, and the machines in them but those that are kept. */
export async function removeFolders(setting: VirtualBoxSetting, identity: InstanceIdentity): Promise<void> {
  const { vboxManage, machines } = setting;
  for (const { uuid: folderId, name } of foldersOf(machines, identity)) {
    const folder = machineFolder(machines, folderId);
    endVagrant(folder);
    const id = idIn(folder, name);
    const [machine] = id === undefined ? [] : await describeMachines(vboxManage, ({ uuid }) => uuid === id);
    if (machine !== undefined && machine.description?.kept !== true)
      await removeVirtualBoxMachine(vboxManage, machine.uuid);
    removeMachineFolder(machines, folderId);
  }
}

/** Whether the machine of this folder was never handed over. */
export function isUnfinished(folder: MachineFolder | undefined): boolean {
  return folder !== undefined && existsSync(markOf(folder));
}

function markOf({ path }: MachineFolder): string {
  return join(path, "unfinished");
}

/** The id of Vagrant's machine in this folder. See `lib/vagrant/environment.rb` and `machine.rb` of Vagrant 2.3.4. */
function idIn({ dotfiles }: MachineFolder, name: string): string | undefined {
  const file = join(dotfiles, "machines", name, "virtualbox", "id");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}
