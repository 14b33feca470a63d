/** Whether this host runs virtual machines on its processor, or must emulate one. */

import { statSync } from "node:fs";
import type { Virsh } from "./virsh";

/** Readable and writable by a group, or by all. QEMU runs as a user of its own, never as root. */
const groupMayUse = 0o060;
const allMayUse = 0o006;

/** Whether libvirt offers KVM, and QEMU may use it: libvirt 9.0 asks as root, and QEMU then fails. */
export async function hasKvm(virsh: Virsh): Promise<boolean> {
  return isOpen("/dev/kvm") && (await virsh.call(["domcapabilities", "--virttype", "kvm"])).exitCode === 0;
}

/** Seconds that a machine has to boot: on the processor, and emulated. */
const bootSeconds = { kvm: 180, emulated: 600 } as const;

/** Seconds that a machine has to boot on this host. */
export function bootLimit(kvm: boolean): number {
  return kvm ? bootSeconds.kvm : bootSeconds.emulated;
}

function isOpen(device: string): boolean {
  const mode = statSync(device, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & groupMayUse) === groupMayUse || (mode & allMayUse) === allMayUse;
}

/** What to say where machines are emulated. */
export const emulationWarning =
  "This host offers no KVM, so that its virtual machines are emulated, many times slower: let QEMU use /dev/kvm (`sudo modprobe kvm_intel` or `kvm_amd`, and the group kvm), or switch virtualization on in the firmware.";
