/** Rows of virtual machines, where set-up left libvirt and a box. A machine boots in a minute where it is emulated. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasKvm } from "../../drivers/vagrant/kvm";
import { Virsh } from "../../drivers/vagrant/virsh";
import type { World } from "../world";
import type { Fixtures } from "./fixtures";
import { byP95, NotMeasurable, p95AtMost, type Row } from "./row";
import { interleave, middle, type Subject } from "./sampling";

const settings = ["INFRA_TYPE=vm", "MEMORY=512", "CPUS=1", "DISK_SIZE=5g"];

/** A project of a machine that was never brought up; what becomes of it goes with the world. */
function newMachine(world: World): { readonly directory: string; readonly id: string } {
  const id = world.newName();
  const directory = world.newFolder(id);
  writeFileSync(join(directory, ".env"), `${[`INFRA_ID=${id}`, ...settings].join("\n")}\n`);
  world.removeLater(() => world.vagrantp(directory, ["rm", "--force"]));
  return { directory, id };
}

function refuseWithoutMachines({ setup: { virsh, vagrant, box } }: World): void {
  if (virsh === undefined || vagrant === undefined || box === undefined)
    throw new NotMeasurable("`make setup-vm` has not left libvirt, Vagrant and a box on this host");
}

/** The same machine as a person would write it for Vagrant alone. */
async function writeVagrantfile(world: World): Promise<string> {
  const id = world.newName();
  const directory = world.newFolder(id);
  const kvm = await hasKvm(new Virsh({ path: world.setup.virsh?.path, environment: world.environment }));
  const { name = "", file } = world.setup.box ?? {};
  const lines = [
    'Vagrant.configure("2") do |config|',
    `config.vm.box = "${name}"`,
    ...(file === undefined ? [] : [`config.vm.box_url = "file://${file}"`]),
    'config.vm.synced_folder ".", "/vagrant", disabled: true',
    "config.vm.provider :libvirt do |libvirt|",
    `libvirt.driver = "${kvm ? "kvm" : "qemu"}"`,
    "libvirt.memory = 512",
    "libvirt.cpus = 1",
    "libvirt.machine_virtual_size = 5",
    'libvirt.graphics_type = "none"',
    "end",
    "end",
  ];
  writeFileSync(join(directory, "Vagrantfile"), `${lines.join("\n")}\n`);
  world.removeLater(() => vagrant(world, directory, "destroy", "--force"));
  return directory;
}

function vagrant(world: World, cwd: string, ...parameters: readonly string[]) {
  return world.run(world.setup.vagrant?.path ?? "vagrant", parameters, { cwd });
}

const firstUp: Row = {
  name: "vm-up",
  what: "the first `up` of a virtual machine, over Vagrant's of the same box",
  goal: { figure: "difference of medians", atMost: 500, unit: "ms" },
  measure: async ({ world }: Fixtures, { longRounds, warmUps }) => {
    refuseWithoutMachines(world);
    const ours: Subject = {
      command: "vagrantp up",
      async take() {
        const { directory } = newMachine(world);
        const { milliseconds } = await world.vagrantp(directory, ["up"]);
        await world.vagrantp(directory, ["rm", "--force"]);
        return milliseconds;
      },
    };
    const peer: Subject = {
      command: "vagrant up",
      async take() {
        const directory = await writeVagrantfile(world);
        const { milliseconds } = await vagrant(world, directory, "up");
        await vagrant(world, directory, "destroy", "--force");
        return milliseconds;
      },
    };
    const [first, second] = await interleave([ours, peer], longRounds, warmUps);
    if (first === undefined || second === undefined) throw new Error("nothing was measured");
    return { ours: first, peers: [second], figure: middle(first) - middle(second) };
  },
};

const status: Row = {
  name: "vm-status",
  what: "the state of a virtual machine",
  goal: p95AtMost(150),
  measure: async ({ world }: Fixtures, { rounds, warmUps }) => {
    refuseWithoutMachines(world);
    const { directory, id } = newMachine(world);
    await world.vagrantp(directory, ["up"]);
    const ours = {
      command: "vagrantp status",
      take: async () => (await world.vagrantp(directory, ["status"])).milliseconds,
    };
    const virsh = world.setup.virsh?.path ?? "virsh";
    const asked = (command: string, ...parameters: string[]): Subject => ({
      command,
      take: async () => (await world.run(virsh, ["--connect", "qemu:///system", ...parameters])).milliseconds,
    });
    const peers = [asked("virsh list", "list"), asked("virsh dumpxml NAME", "dumpxml", id)];
    return byP95(await interleave([ours, ...peers], rounds, warmUps));
  },
};

/** The rows of virtual machines. */
export const machineRows: readonly Row[] = [firstUp, status];
