/** The Vagrantfile of a machine on VirtualBox. Pure; no real VirtualBox has run it by our hand. */

import type { LeasedPort } from "../../../settings/instance-spec";
import { ruby, vagrantfileWith, type MachineInputs } from "../vagrantfile";

/** What it is made of. */
export interface VirtualBoxInputs extends MachineInputs {
  readonly ports: readonly LeasedPort[];
  /** Its own address on a network that this host is in. @default none */
  readonly address?: string | undefined;
  /** What stands in its description from its first start. */
  readonly description: string;
}

/** A program in Ruby that Vagrant runs; every value in it is a quoted text or a number. */
export function renderVirtualBoxFile(inputs: VirtualBoxInputs): string {
  const { spec, ports, address, description } = inputs;
  const { name, diskGiB, memoryMiB, cpus } = spec;
  const lines = [
    ...(diskGiB === undefined ? [] : [`config.vm.disk :disk, size: ${ruby(`${String(diskGiB)}GB`)}, primary: true`]),
    ...ports.map(forwardLine),
    ...(address === undefined ? [] : [`config.vm.network "private_network", ip: ${ruby(address)}`]),
    "config.vm.provider :virtualbox do |virtualbox|",
    `  virtualbox.name = ${ruby(name)}`,
    `  virtualbox.memory = ${String(memoryMiB)}`,
    `  virtualbox.cpus = ${String(cpus)}`,
    "  virtualbox.check_guest_additions = false",
    `  virtualbox.customize ["modifyvm", :id, "--description", ${ruby(description)}]`,
    "end",
  ];
  return vagrantfileWith(inputs, lines.map((line) => `  ${line}\n`).join(""));
}

/** The ledger has chosen the port: Vagrant may not choose another. */
function forwardLine(port: LeasedPort): string {
  const { inside, host, address, protocol } = port;
  const ends = `guest: ${String(inside)}, host: ${String(host)}, host_ip: ${ruby(address)}`;
  const name = `${forwardPrefix}${protocol}-${String(host)}`;
  return `config.vm.network "forwarded_port", ${ends}, protocol: ${ruby(protocol)}, id: ${ruby(name)}, auto_correct: false`;
}

/** How the names of our forwards begin: each port of the host is led inside once. */
const forwardPrefix = "groundwork-";

/** Whether a forward of a machine is one that the Vagrantfile asked for; Vagrant adds its own to SSH. */
export function isOurForward({ name }: { readonly name: string }): boolean {
  return name.startsWith(forwardPrefix);
}
