/** Instances that are virtual machines under libvirt. Vagrant makes them from their box; everything else is libvirt's. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "../../settings/connection";
import { bridgeOf } from "../../settings/bridge";
import type { DiskSpace, OwnedObject } from "../../settings/instance-objects";
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
} from "../driver";
import { isReached, leaveBridges } from "./bridges";
import { candidatesOf, foreignError, nobody, withoutOurs, type Candidates } from "./candidates";
import { changeMachine } from "./change-machine";
import { createMachine, removeDomain, removeHalfMade } from "./create-machine";
import { poolSpace } from "./disk-pool";
import { allDomains, describeDomains, findDomains, type Domain } from "./domains";
import { forwardedPorts, stopForwarding } from "./forwarding";
import { keepDisk, keptDisks, removeKeptDisk, removeKeptDisks } from "./kept-disks";
import { foldersOf, machineFolder, removeMachineFolder, type MachineFolder } from "./machine-folder";
import type { MachineSetting } from "./machine-setting";
import { leaveNetworks, listNetworks, removeNetwork, unusedNetworks } from "./networks";
import { ownedMachine } from "./owned-machine";
import { changeOf } from "./plan-change";
import { stopDomain } from "./power";
import { journalCommand, sshCommand } from "./ssh";
import { Virsh } from "./virsh";

/** How the driver is made. */
export interface VagrantDriverOptions extends Omit<MachineSetting, "virsh"> {
  /** The path of `virsh`. @default found on the PATH */
  readonly path?: string | undefined;
}

const unfinished = { box: "", environmentDigest: "", ports: [] };

/** The driver of libvirt. */
export class VagrantDriver implements Driver {
  private readonly setting: MachineSetting;
  private readonly virsh: Virsh;

  constructor(options: VagrantDriverOptions) {
    this.virsh = new Virsh(options);
    this.setting = { ...options, virsh: this.virsh };
  }

  /** Ends the forwarding of a machine that does not run any more: it would hold the machine's ports against itself. */
  async observe(targets: readonly Target[]): Promise<readonly Observation[]> {
    const domains = await findDomains(this.virsh, targets);
    return Promise.all(
      targets.map(async (target) => {
        const candidates = candidatesOf(target, domains);
        const uuid = candidates.ours?.uuid ?? target.objectId;
        if (uuid !== undefined && candidates.ours?.running !== true) {
          await stopForwarding(machineFolder(this.setting.machines, uuid), target.name);
        }
        return this.observation(candidates);
      }),
    );
  }

  private async observation({ ours, foreign }: Candidates<Domain>): Promise<Observation> {
    if (ours === undefined) return withoutOurs(foreign);
    const { uuid: objectId, active } = ours;
    return { state: "present", objectId, active, properties: await this.propertiesOf(ours) };
  }

  private async propertiesOf(domain: Domain): Promise<ObservedProperties> {
    const { name, running, memoryMiB, cpus, network, labels, record } = domain;
    const folder = machineFolder(this.setting.machines, domain.uuid);
    const { box: image, environmentDigest, ports } = record ?? unfinished;
    return {
      exists: true,
      name,
      running,
      memoryMiB,
      cpus,
      image,
      command: [],
      volumes: [],
      network,
      environmentDigest,
      diskGiB: domain.diskGiB ?? 0,
      // One that stands still forwards nothing, and is promised them all the same.
      ports: running ? await forwardedPorts(folder, ports) : ports,
      ipAddress: await this.addressOf(domain),
      labels: labels ?? nobody,
    };
  }

  /** Its own address where it has the interface for it, and answers there if it runs. */
  private async addressOf({ record, interfaces, running }: Domain): Promise<string> {
    const { address = "" } = record?.address ?? {};
    if (address === "" || !interfaces.some(({ network }) => network === bridgeOf(address).name)) return "";
    return !running || (await isReached(address)) ? address : "";
  }

  async ensure(desired: DesiredInstance, objectId: string | undefined, signal?: AbortSignal): Promise<EnsureResult> {
    const target = { ...desired.identity, objectId };
    const { ours = await this.defineAgain(target), foreign } = await this.candidates(target);
    if (foreign !== undefined) throw foreignError(target, foreign);
    if (ours?.record === undefined) {
      return { objectId: await createMachine(this.setting, desired, signal), change: "create" };
    }
    return this.change(ours, desired, signal);
  }

  private async change(domain: Domain, desired: DesiredInstance, signal?: AbortSignal): Promise<EnsureResult> {
    const observed = await this.propertiesOf(domain);
    const changed = differences(observed, desired.properties);
    const change = changeOf(changed);
    if (change === "replace") {
      await this.dismantle(domain, true);
      await keepDisk(this.setting, domain, desired.identity);
      await removeDomain(this.setting, domain);
      removeMachineFolder(this.setting.machines, domain.uuid);
      return { objectId: await createMachine(this.setting, desired, signal), change };
    }
    if (change !== "none") await changeMachine(this.setting, desired, { domain, observed, changed }, signal);
    return { objectId: domain.uuid, change };
  }

  /** A domain that somebody undefined is defined again with the disk that it had, while that is there. */
  private async defineAgain({ objectId }: Target): Promise<Domain | undefined> {
    const file = objectId === undefined ? "" : join(machineFolder(this.setting.machines, objectId).path, "domain.xml");
    if (objectId === undefined || !existsSync(file)) return undefined;
    if ((await describeDomains(this.virsh, [objectId])).length > 0) return undefined;
    await this.virsh.call(["define", file]);
    const [domain] = await describeDomains(this.virsh, [objectId]);
    if (domain === undefined || domain.diskGiB !== undefined) return domain;
    await this.virsh.call(["undefine", objectId]);
    return undefined;
  }

  async remove(target: Target): Promise<void> {
    const { ours } = await this.candidates(target);
    if (ours !== undefined) {
      await this.dismantle(ours, false);
      await removeDomain(this.setting, ours);
      removeMachineFolder(this.setting.machines, ours.uuid);
    }
    await removeHalfMade(this.setting, target);
    await removeKeptDisks(this.setting, target);
    await leaveNetworks(this.virsh, target);
    await leaveBridges(this.virsh, target.host);
  }

  async stop(target: Target, graceful: boolean): Promise<void> {
    const { ours } = await this.candidates(target);
    if (ours?.active === true) await this.dismantle(ours, graceful);
  }

  private async dismantle({ uuid, name }: Domain, graceful: boolean): Promise<void> {
    await stopForwarding(machineFolder(this.setting.machines, uuid), name);
    await stopDomain(this.virsh, uuid, graceful);
  }

  async list(host: string): Promise<readonly OwnedObject[]> {
    const domains = (await allDomains(this.virsh)).filter(({ labels }) => labels?.["groundwork.host"] === host);
    return domains.flatMap((domain) => ownedMachine(domain, "libvirt"));
  }

  async leftovers(host: string): Promise<readonly Leftover[]> {
    const networks = (await unusedNetworks(this.virsh)).filter(({ owner }) => owner?.host === host);
    return [
      ...networks.map(({ name, owner }) => ({
        kind: "network" as const,
        objectId: name,
        name,
        stack: owner?.stack ?? "",
      })),
      ...keptDisks(this.setting.machines, host),
    ];
  }

  async removeLeftover(leftover: Leftover): Promise<void> {
    if (leftover.kind === "disk") await removeKeptDisk(this.setting, leftover);
    else if ((await unusedNetworks(this.virsh)).some(({ name }) => name === leftover.objectId)) {
      await removeNetwork(this.virsh, leftover.objectId);
    }
  }

  elsewhere(): Promise<EngineHost | undefined> {
    return Promise.resolve(undefined);
  }

  diskSpace(): Promise<DiskSpace> {
    return poolSpace(this.virsh);
  }

  async subnets(): Promise<readonly string[]> {
    return (await listNetworks(this.virsh)).flatMap(({ subnets }) => subnets);
  }

  logsCommand(target: Target, options: LogOptions): readonly string[] {
    return this.execCommand(target, journalCommand(options), false);
  }

  execCommand(target: Target, command: readonly string[], terminal: boolean): readonly string[] {
    return sshCommand(this.folderOf(target), target.name, command, terminal);
  }

  connection(target: Target): Promise<Connection> {
    return Promise.resolve({ kind: "ssh", host: target.name, configFile: this.folderOf(target).sshConfig });
  }

  private folderOf(target: Target): MachineFolder {
    const { machines } = this.setting;
    return machineFolder(machines, target.objectId ?? foldersOf(machines, target)[0]?.uuid ?? "");
  }

  private async candidates(target: Target): Promise<Candidates<Domain>> {
    return candidatesOf(target, await findDomains(this.virsh, [target]));
  }
}
