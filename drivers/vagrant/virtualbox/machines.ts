/** VirtualBox's machines: what they are now, and which of them are ours. */

import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../../../settings/errors";
import { formatPort } from "../../../settings/instance-spec";
import type { ReadMachine } from "../owned-machine";
import { isOff, parseInfo, parseList, saysMissing, type ListedMachine, type MachineInfo } from "./answers";
import { describeMachine, listMachines, removeMachine, stopMachine } from "./commands";
import { parseDescription, type Description } from "./description";
import { vboxManageError, type VBoxManage } from "./vboxmanage";
import { isOurForward } from "./vagrantfile";

/** A machine, read. */
export interface VirtualBoxMachine extends ReadMachine {
  readonly running: boolean;
  /** The ports that VirtualBox leads inside for us, spelled by `formatPort`, sorted. */
  readonly ports: readonly string[];
  /** The host's port of Vagrant's own way to SSH. */
  readonly sshPort: number | undefined;
  /** Undefined where Groundwork did not make it. */
  readonly description: Description | undefined;
}

/** Describes the machines that are wanted; one that goes meanwhile is left out, and so is one without its files. */
export async function describeMachines(
  vboxManage: VBoxManage,
  isWanted: (machine: ListedMachine) => boolean,
): Promise<readonly VirtualBoxMachine[]> {
  const wanted = parseList(await vboxManage.run(listMachines)).filter(isWanted);
  const machines = await Promise.all(wanted.map(({ uuid }) => describe(vboxManage, uuid)));
  return machines.flatMap((machine) => machine ?? []);
}

async function describe(vboxManage: VBoxManage, uuid: string): Promise<VirtualBoxMachine | undefined> {
  const command = describeMachine(uuid);
  const result = await vboxManage.call(command);
  if (result.exitCode !== 0 && !saysMissing(result.stderr)) throw vboxManageError(command, result);
  const info = result.exitCode === 0 ? parseInfo(result.stdout) : undefined;
  return info === undefined ? undefined : toMachine(info);
}

function toMachine({
  name,
  uuid,
  state,
  memoryMiB,
  cpus,
  forwards,
  description: text,
}: MachineInfo): VirtualBoxMachine {
  const description = parseDescription(text);
  return {
    uuid,
    name,
    memoryMiB,
    cpus,
    description,
    active: !isOff(state),
    running: state === "running",
    diskGiB: description?.diskGiB,
    ports: forwards.filter(isOurForward).map(formatPort).sort(),
    sshPort: forwards.find((forward) => forward.name === "ssh")?.host,
    labels: description?.labels,
    record: description?.record,
  };
}

/** Milliseconds that a machine gets to shut down, and to be off once its power is taken. */
const limits = { shutdown: 90_000, powerOff: 30_000 } as const;

/** Asks it to shut down, and ends it when it does not; one that is off is fine. @param graceful false: at once */
export async function stopVirtualBoxMachine(vboxManage: VBoxManage, uuid: string, graceful: boolean): Promise<void> {
  const start = performance.now();
  let asked = -Infinity;
  for (;;) {
    const machine = await describe(vboxManage, uuid);
    if (machine?.active !== true) return;
    const now = performance.now();
    const ask = graceful && machine.running && now < start + limits.shutdown;
    if (now > start + limits.shutdown + limits.powerOff) throw stillRuns(machine);
    // A guest that is still booting does not hear the first one.
    if (!ask || now > asked + 10_000) {
      await vboxManage.call(stopMachine(uuid, ask));
      asked = now;
    }
    await wait(300);
  }
}

/** Removes a machine with its disks; one that runs is ended. */
export async function removeVirtualBoxMachine(vboxManage: VBoxManage, uuid: string): Promise<void> {
  await stopVirtualBoxMachine(vboxManage, uuid, false);
  await vboxManage.run(removeMachine(uuid));
}

function stillRuns({ name }: VirtualBoxMachine): GroundworkError {
  return new GroundworkError("ENGINE_FAILED", `VirtualBox did not take the power of ${name} away.`);
}
