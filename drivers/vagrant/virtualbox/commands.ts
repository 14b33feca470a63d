/**
 * What VBoxManage is told, as lists of arguments. Pure; none of it has been run by us on a real VirtualBox. Sources: the
 * user manual of VirtualBox 7, chapter VBoxManage, and Vagrant 2.3.4, plugins/providers/virtualbox/driver.
 */

/** Lists all machines. */
export const listMachines: readonly string[] = ["list", "vms"];

/** Tells where machines are kept, among much else. */
export const listProperties: readonly string[] = ["list", "systemproperties"];

/** Describes a machine. */
export function describeMachine(uuid: string): readonly string[] {
  return ["showvminfo", uuid, "--machinereadable"];
}

/** Asks a machine to shut down, or takes its power away. */
export function stopMachine(uuid: string, graceful: boolean): readonly string[] {
  return ["controlvm", uuid, graceful ? "acpipowerbutton" : "poweroff"];
}

/** Gives a machine that is off another name and description. */
export function renameMachine(uuid: string, name: string, description: string): readonly string[] {
  return ["modifyvm", uuid, "--name", name, "--description", description];
}

/** Removes a machine that is off, with its disks. */
export function removeMachine(uuid: string): readonly string[] {
  return ["unregistervm", uuid, "--delete"];
}
