/** The Vagrantfile of a machine on VirtualBox. Pure; no real VirtualBox has run it by our hand. */

import type { InstanceSpec, LeasedPort } from "../../../settings/instance-spec";
import { forwardName } from "./commands";

/** What it is made of. */
export interface VirtualBoxInputs {
  readonly spec: InstanceSpec;
  readonly ports: readonly LeasedPort[];
  /** Whose machine it is; its description from its first moment. */
  readonly labels: string;
  /** The private keys that may open the box, in this order besides Vagrant's own. */
  readonly keyFiles: readonly string[];
}

/** A program in Ruby that Vagrant runs; every value in it is a quoted text or a number. */
export function renderVirtualBoxFile({ spec, ports, labels, keyFiles }: VirtualBoxInputs): string {
  const { name, image, login, diskGiB, memoryMiB, cpus, ipAddress } = spec;
  const keys = keyFiles.map((file) => `${ruby(file)}, `).join("");
  const lines = [
    `config.vm.define ${ruby(name)}`,
    `config.vm.box = ${ruby(image)}`,
    "config.vm.box_check_update = false",
    `config.vm.hostname = ${ruby(spec.id)}`,
    'config.vm.synced_folder ".", "/vagrant", disabled: true',
    `config.ssh.username = ${ruby(login?.user ?? "vagrant")}`,
    "config.ssh.insert_key = false",
    `config.ssh.private_key_path = [${keys}Vagrant.user_data_path.join("insecure_private_key").to_s]`,
    ...(diskGiB === undefined ? [] : [`config.vm.disk :disk, size: ${ruby(`${String(diskGiB)}GB`)}, primary: true`]),
    ...ports.map(forwardLine),
    ...(ipAddress === undefined ? [] : [`config.vm.network "private_network", ip: ${ruby(ipAddress)}`]),
    "config.vm.provider :virtualbox do |virtualbox|",
    `  virtualbox.name = ${ruby(name)}`,
    `  virtualbox.memory = ${String(memoryMiB)}`,
    `  virtualbox.cpus = ${String(cpus)}`,
    "  virtualbox.check_guest_additions = false",
    `  virtualbox.customize ["modifyvm", :id, "--description", ${ruby(labels)}]`,
    "end",
  ];
  const head = "# Written by Groundwork, which writes it again: change the project's settings instead.";
  return [head, 'Vagrant.configure("2") do |config|', ...lines.map((line) => `  ${line}`), "end", ""].join("\n");
}

/** The ledger has chosen the port: Vagrant may not choose another. */
function forwardLine(port: LeasedPort): string {
  const { inside, host, address, protocol } = port;
  const ends = `guest: ${String(inside)}, host: ${String(host)}, host_ip: ${ruby(address)}`;
  return `config.vm.network "forwarded_port", ${ends}, protocol: ${ruby(protocol)}, id: ${ruby(forwardName(port))}, auto_correct: false`;
}

/**
 * Whether Vagrant lets VirtualBox give a machine this address. Source: Vagrant 2.3.4, plugins/providers/virtualbox,
 * action/network.rb; /etc/vbox/networks.conf may allow more.
 */
export function isHostOnlyAddress(address: string): boolean {
  const [a, b, c, d] = address.split(".").map(Number);
  return a === 192 && b === 168 && c !== undefined && c >= 56 && c <= 63 && d !== undefined && d > 1 && d < 255;
}

/** A text between single quotes of Ruby, where nothing is replaced. */
function ruby(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
