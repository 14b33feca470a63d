/** The Vagrantfile of a machine. Pure. */

import type { InstanceSpec } from "../../settings/instance-spec";
import type { StackNetwork } from "../../settings/stack-network";

/** What the Vagrantfile of any provider is made of. */
export interface MachineInputs {
  readonly spec: InstanceSpec;
  /** The box, and where it lies. @default for the file: Vagrant looks for the box by its name */
  readonly box: { readonly name: string; readonly file?: string | undefined };
  /** The private keys that may open the box, tried in this order besides Vagrant's own. */
  readonly keyFiles: readonly string[];
  /** The public key that opens the machine from then on, and no other. */
  readonly publicKey: string;
  /** Seconds that the machine has to boot. */
  readonly bootSeconds: number;
}

/** What a Vagrantfile for libvirt is made of. */
export interface VagrantfileInputs extends MachineInputs {
  readonly network: StackNetwork;
  /** The domain's id, chosen by us. */
  readonly uuid: string;
  readonly mac: string;
  /** Whose machine it is; the domain's description from its first moment. */
  readonly labels: string;
  /** The volume by which cloud-init knows what the machine is to be. @default none: the box is no cloud image */
  readonly seed?: string | undefined;
  readonly hasKvm: boolean;
}

/** A program in Ruby that Vagrant runs; every value in it is a quoted text or a number. */
export function renderVagrantfile(inputs: VagrantfileInputs): string {
  const { spec, network, uuid, mac, labels, seed, hasKvm } = inputs;
  return vagrantfileWith(
    inputs,
    `  config.vm.provider :libvirt do |libvirt|
    libvirt.default_prefix = ""
    libvirt.driver = ${ruby(hasKvm ? "kvm" : "qemu")}
    libvirt.uuid = ${ruby(uuid)}
    libvirt.title = ${ruby(`Groundwork: ${spec.id}`)}
    libvirt.description = ${ruby(labels)}
    libvirt.memory = ${String(spec.memoryMiB)}
    libvirt.cpus = ${String(spec.cpus)}
    libvirt.machine_virtual_size = ${String(spec.diskGiB ?? 0)}
${seed === undefined ? "" : seedDisk(seed)}    libvirt.graphics_type = "none"
    libvirt.management_network_name = ${ruby(network.name)}
    libvirt.management_network_address = ${ruby(network.subnet)}
    libvirt.management_network_mac = ${ruby(mac)}
    libvirt.management_network_keep = true
  end
`,
  );
}

/** A Vagrantfile with what every provider needs, and these lines of one provider. */
export function vagrantfileWith(inputs: MachineInputs, providerLines: string): string {
  const { spec, box, keyFiles, publicKey, bootSeconds } = inputs;
  const keys = keyFiles.map((file) => `${ruby(file)}, `).join("");
  return `# Written by Groundwork, which writes it again: change the project's settings instead.
Vagrant.configure("2") do |config|
  config.vm.define ${ruby(spec.name)}
  config.vm.box = ${ruby(box.name)}
${box.file === undefined ? "" : `  config.vm.box_url = ${ruby(`file://${box.file}`)}\n`}  config.vm.box_check_update = false
  config.vm.boot_timeout = ${String(bootSeconds)}
  config.vm.synced_folder ".", "/vagrant", disabled: true
  config.ssh.username = ${ruby(spec.login?.user ?? "vagrant")}
  config.ssh.insert_key = false
  config.ssh.private_key_path = [${keys}Vagrant.user_data_path.join("insecure_private_key").to_s]
  config.vm.provision "groundwork", type: "shell", privileged: true, inline: ${ruby(setUpScript(spec, publicKey))}
${providerLines}end
`;
}

/** A disk like the machine's own, because images for clouds have no driver for others. Vagrant leaves it where it is. */
function seedDisk(volume: string): string {
  return `    libvirt.storage :file, path: ${ruby(volume)}, type: "raw", bus: "virtio", allow_existing: true\n`;
}

/** Gives the machine its name, and lets nobody in but by its own key. */
function setUpScript({ id, login }: InstanceSpec, publicKey: string): string {
  const user = login?.user ?? "vagrant";
  return [
    "set -e",
    `home=$(getent passwd ${user} | cut -d: -f6)`,
    `install -d -m 700 -o ${user} "$home/.ssh"`,
    `printf '%s\\n' ${shell(publicKey)} > "$home/.ssh/authorized_keys"`,
    `chown ${user} "$home/.ssh/authorized_keys"`,
    'chmod 600 "$home/.ssh/authorized_keys"',
    `echo ${id} > /etc/hostname`,
    `hostname ${id}`,
    `grep -q '^127.0.1.1' /etc/hosts && sed -i 's/^127.0.1.1.*/127.0.1.1 ${id}/' /etc/hosts || echo '127.0.1.1 ${id}' >> /etc/hosts`,
    // The names of a stack's machines have no dot, and systemd-resolved asks nobody for those unless it is told to.
    "if systemctl is-active --quiet systemd-resolved; then",
    "  install -d /etc/systemd/resolved.conf.d",
    "  printf '[Resolve]\\nResolveUnicastSingleLabel=yes\\n' > /etc/systemd/resolved.conf.d/groundwork.conf",
    "  systemctl restart systemd-resolved",
    "fi",
  ].join("\n");
}

/** A text between single quotes of a POSIX shell. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text between single quotes of Ruby, where nothing is replaced. */
export function ruby(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}
