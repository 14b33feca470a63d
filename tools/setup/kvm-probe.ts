/** Whether a machine really boots on /dev/kvm, and in what time. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { x } from "tinyexec";

/** A boot sector in 16-bit code: writes 0x20 to port 0xf4, then waits for ever. */
const code = [0xb0, 0x20, 0xba, 0xf4, 0x00, 0xee, 0xf4, 0xeb, 0xfd];
const bootSector = Buffer.concat([Buffer.from(code), Buffer.alloc(510 - code.length), Buffer.from([0x55, 0xaa])]);

/** QEMU's `isa-debug-exit` ends it with twice the value that was written, and one: nothing else ends it so. */
const reached = 0x20 * 2 + 1;

/** A processor's own virtualization takes a tenth of a second, an emulated machine too; one inside another may take five. */
const limitMs = 2000;

/** Boots a machine of one instruction on KVM. False where there is none, and where it is slower than emulation. */
export async function bootsOnKvm(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-kvm-"));
  const disk = join(folder, "disk");
  writeFileSync(disk, bootSector);
  const nothing = ["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-m", "16"];
  const machine = ["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04", "-drive", `file=${disk},format=raw,if=ide`];
  try {
    const { exitCode } = await x("qemu-system-x86_64", ["-accel", "kvm", ...nothing, ...machine], { timeout: limitMs });
    return exitCode === reached;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
