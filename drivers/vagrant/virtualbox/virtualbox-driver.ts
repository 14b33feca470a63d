/**
 * Instances that are virtual machines on VirtualBox. Experimental: no real VirtualBox has been asked by us. Vagrant makes
 * and starts them; VBoxManage alone tells what is there, stops and removes them.
 */

import type { Connection } from "../../../settings/connection";
import { GroundworkError } from "../../../settings/errors";
import type { DiskSpace, OwnedObject } from "../../../settings/instance-objects";
import {
  differences,
  type DesiredInstance,
  type Driver,
  type EngineHost,
  type EnsureResult,
  type Leftover,
  type LogOptions,
  type Observation,
  type ObservedProperties,
  type Target,
} from "../../driver";
import { candidatesOf, foreignError, namesOf, nobody, withoutOurs, type Candidates } from "../candidates";
import { refuseSmallerDisk } from "../disk";
import { spaceAt } from "../disk-space";
import { foldersOf, machineFolder, removeMachineFolder, type MachineFolder } from "../machine-folder";
import { ownedMachine } from "../owned-machine";
import { journalCommand, sshCommand } from "../ssh";
import { parseMachinesFolder } from "./answers";
import { bringUp, createVirtualBoxMachine, isUnfinished, removeFolders, type VirtualBoxSetting } from "./bring-up";
import { listProperties, renameMachine } from "./commands";
import { formatDescription } from "./description";
import { describeMachines, removeVirtualBoxMachine, stopVirtualBoxMachine, type VirtualBoxMachine } from "./machines";
import { changeOfVirtualBox } from "./plan-change";
import { VBoxManage } from "./vboxmanage";

/** How the driver is made. */
export interface VirtualBoxDriverOptions extends Omit<VirtualBoxSetting, "vboxManage"> {
  /** The path of `VBoxManage`. @default found on the PATH */
  readonly path?: string | undefined;
}

/** The driver of VirtualBox. */
export class VirtualBoxDriver implements Driver {
  private readonly setting: VirtualBoxSetting;
  private readonly vboxManage: VBoxManage;

  constructor(options: VirtualBoxDriverOptions) {
    this.vboxManage = new VBoxManage(options);
    this.setting = { ...options, vboxManage: this.vboxManage };
  }

  async observe(targets: readonly Target[]): Promise<readonly Observation[]> {
    const machines = await this.machinesOf(targets);
    return targets.map((target) => this.observation(target, candidatesOf(target, machines)));
  }

  private observation(target: Target, { ours, foreign }: Candidates<VirtualBoxMachine>): Observation {
    if (ours === undefined) return withoutOurs(foreign);
    const { uuid: objectId, active } = ours;
    return { state: "present", objectId, active, properties: this.propertiesOf(target, ours) };
  }

  /** Its network is no one's: each machine is behind a NAT of its own. */
  private propertiesOf(target: Target, machine: VirtualBoxMachine): ObservedProperties {
    const { name, running, memoryMiB, cpus, ports, labels = nobody, record, description } = machine;
    return {
      exists: true,
      name,
      running,
      memoryMiB,
      cpus,
      command: [],
      volumes: [],
      ports,
      labels,
      image: isUnfinished(this.folderOf(target)) ? "" : (record?.box ?? ""),
      diskGiB: description?.diskGiB ?? 0,
      ipAddress: description?.ipAddress ?? "",
      environmentDigest: record?.environmentDigest ?? "",
    };
  }

  async ensure(desired: DesiredInstance, objectId: string | undefined, signal?: AbortSignal): Promise<EnsureResult> {
    const target = { ...desired.identity, objectId };
    const { ours, foreign } = await this.candidates(target);
    if (foreign !== undefined) throw foreignError(target, foreign);
    if (ours === undefined || isUnfinished(this.folderOf(target))) {
      return { objectId: await createVirtualBoxMachine(this.setting, desired, signal), change: "create" };
    }
    return this.change(target, ours, desired, signal);
  }

  private async change(
    target: Target,
    machine: VirtualBoxMachine,
    desired: DesiredInstance,
    signal?: AbortSignal,
  ): Promise<EnsureResult> {
    const changed = differences(this.propertiesOf(target, machine), desired.properties);
    const change = changeOfVirtualBox(changed);
    if (change === "none") return { objectId: machine.uuid, change };
    const folder = this.folderOf(target);
    if (folder === undefined) throw filesLost(target);
    refuseSmallerDisk(desired, machine.description?.diskGiB);
    await stopVirtualBoxMachine(this.vboxManage, machine.uuid, true);
    if (change === "replace") {
      await this.keep(target, machine);
      return { objectId: await createVirtualBoxMachine(this.setting, desired, signal), change };
    }
    const { running } = desired.properties;
    if (running || changed.some((name) => name !== "running")) await bringUp(this.setting, desired, folder, signal);
    if (!running) await stopVirtualBoxMachine(this.vboxManage, machine.uuid, true);
    return { objectId: machine.uuid, change };
  }

  /** Takes the name and the folder from a machine that another is to replace. */
  private async keep(target: Target, { uuid, name, description }: VirtualBoxMachine): Promise<void> {
    const keptName = `${name}.kept-${new Date().toISOString().replace(/\W/g, "").slice(0, 15)}`;
    const kept = description === undefined ? "" : formatDescription({ ...description, kept: true });
    await this.vboxManage.run(renameMachine(uuid, keptName, kept));
    for (const folder of foldersOf(this.setting.machines, target)) {
      removeMachineFolder(this.setting.machines, folder.uuid);
    }
  }

  async remove(target: Target): Promise<void> {
    const { ours } = await this.candidates(target);
    if (ours !== undefined) await removeVirtualBoxMachine(this.vboxManage, ours.uuid);
    await removeFolders(this.setting, target);
  }

  async stop(target: Target, graceful: boolean): Promise<void> {
    const { ours } = await this.candidates(target);
    if (ours !== undefined) await stopVirtualBoxMachine(this.vboxManage, ours.uuid, graceful);
  }

  async list(host: string): Promise<readonly OwnedObject[]> {
    const machines = (await this.machinesOfHost(host)).filter(({ description }) => description?.kept === false);
    const owned = machines.flatMap((machine) => ownedMachine(machine, "virtualbox"));
    return owned.filter(({ identity }) => !isUnfinished(this.folderOf(identity)));
  }

  async leftovers(host: string): Promise<readonly Leftover[]> {
    const kept = (await this.machinesOfHost(host)).filter(({ description }) => description?.kept === true);
    return kept.map(({ uuid, name, labels = nobody }) => ({
      kind: "disk",
      objectId: uuid,
      name,
      stack: labels["groundwork.stack"],
    }));
  }

  async removeLeftover({ objectId }: Leftover): Promise<void> {
    const [machine] = await describeMachines(this.vboxManage, ({ uuid }) => uuid === objectId);
    if (machine?.description?.kept === true) await removeVirtualBoxMachine(this.vboxManage, objectId);
  }

  async diskSpace(): Promise<DiskSpace | undefined> {
    const folder = parseMachinesFolder(await this.vboxManage.run(listProperties));
    return folder === undefined ? undefined : spaceAt(folder);
  }

  elsewhere(): Promise<EngineHost | undefined> {
    return Promise.resolve(undefined);
  }

  subnets(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  logsCommand(target: Target, options: LogOptions): readonly string[] {
    return this.execCommand(target, journalCommand(options), false);
  }

  execCommand(target: Target, command: readonly string[], terminal: boolean): readonly string[] {
    return sshCommand(this.reachable(target), target.name, command, terminal);
  }

  connection(target: Target): Promise<Connection> {
    return Promise.resolve().then(() => {
      return { kind: "ssh", host: target.name, configFile: this.reachable(target).sshConfig };
    });
  }

  private reachable(target: Target): MachineFolder {
    const folder = this.folderOf(target);
    if (folder === undefined) throw filesLost(target);
    return folder;
  }

  private folderOf(target: Target): MachineFolder | undefined {
    const [found] = foldersOf(this.setting.machines, target);
    return found === undefined ? undefined : machineFolder(this.setting.machines, found.uuid);
  }

  private async candidates(target: Target): Promise<Candidates<VirtualBoxMachine>> {
    return candidatesOf(target, await this.machinesOf([target]));
  }

  /** A machine that was kept is none of anybody's instances. */
  private async machinesOf(targets: readonly Target[]): Promise<readonly VirtualBoxMachine[]> {
    const names = new Set(targets.flatMap(namesOf));
    const machines = await describeMachines(this.vboxManage, ({ name, uuid }) => names.has(name) || names.has(uuid));
    return machines.filter(({ description }) => description?.kept !== true);
  }

  private async machinesOfHost(host: string): Promise<readonly VirtualBoxMachine[]> {
    const machines = await describeMachines(this.vboxManage, () => true);
    return machines.filter(({ labels }) => labels?.["groundwork.host"] === host);
  }
}

function filesLost({ id }: Target): GroundworkError {
  return new GroundworkError("ENGINE_FAILED", `${id}: the files that its machine is reached and changed by are gone.`, {
    suggestion: "Run `vagrantp rm`, then `vagrantp up`: it is made anew.",
  });
}
