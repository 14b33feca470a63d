/**
 * What VBoxManage is told, as lists of arguments. Pure; none of it has been run by us on a real VirtualBox. Sources: the
 * user manual of VirtualBox 7, chapter VBoxManage, and Vagrant 2.3.4, plugins/providers/virtualbox/driver.
 */

import type { LeasedPort } from "../../../settings/instance-spec";

/** Lists all machines. */
export const listMachines: readonly string[] = ["list", "vms"];

/** Describes a machine, by its name or its UUID. */
export function describeMachine(machine: string): readonly string[] {
  return ["showvminfo", machine, "--machinereadable"];
}

/** Starts a machine without a window. */
export function startMachine(uuid: string): readonly string[] {
  return ["startvm", uuid, "--type", "headless"];
}

/** Asks a machine to shut down, or takes its power away. */
export function stopMachine(uuid: string, graceful: boolean): readonly string[] {
  return ["controlvm", uuid, graceful ? "acpipowerbutton" : "poweroff"];
}

/** Gives a machine that is off other limits. */
export function resizeMachine(uuid: string, { memoryMiB, cpus }: Limits): readonly string[] {
  return ["modifyvm", uuid, "--memory", String(memoryMiB), "--cpus", String(cpus)];
}

/** What a machine may use. */
export interface Limits {
  readonly memoryMiB: number;
  readonly cpus: number;
}

/** Writes whose a machine is, on one line, which `showvminfo` shows. */
export function labelMachine(uuid: string, labels: string): readonly string[] {
  return ["modifyvm", uuid, "--description", labels];
}

/** Leads a port of the host inside, by VirtualBox's own NAT. */
export function addForward(uuid: string, port: LeasedPort, running: boolean): readonly string[] {
  return [...forwardOf(uuid, running), ruleOf(port)];
}

/** Ends what {@link addForward} began. */
export function removeForward(uuid: string, name: string, running: boolean): readonly string[] {
  return [...forwardOf(uuid, running), "delete", name];
}

function forwardOf(uuid: string, running: boolean): readonly string[] {
  return running ? ["controlvm", uuid, "natpf1"] : ["modifyvm", uuid, "--natpf1"];
}

/** The name of a forward of ours: each port of the host is led inside once. */
export function forwardName({ protocol, host }: LeasedPort): string {
  return `groundwork-${protocol}-${String(host)}`;
}

function ruleOf(port: LeasedPort): string {
  const { protocol, address, host, inside } = port;
  return [forwardName(port), protocol, address, String(host), "", String(inside)].join(",");
}

/** Removes a machine that is off, with its disks. */
export function removeMachine(uuid: string): readonly string[] {
  return ["unregistervm", uuid, "--delete"];
}
