/** A machine's disk grows, and never shrinks. */

import { GroundworkError } from "../../settings/errors";
import type { DesiredInstance } from "../driver";
import type { MachineFolder } from "./machine-folder";
import { runInside } from "./ssh";

/** @throws CONFIG_INVALID where a disk of this size would have to shrink */
export function refuseSmallerDisk({ spec }: DesiredInstance, diskGiB = 0): void {
  if ((spec.diskGiB ?? 0) >= diskGiB) return;
  throw new GroundworkError(
    "CONFIG_INVALID",
    `${spec.id} has a disk of ${String(diskGiB)} GiB, which cannot become ${String(spec.diskGiB)} GiB: a disk never shrinks.`,
    { suggestion: `Write DISK_SIZE=${String(diskGiB)} or more, or run \`vagrantp rm\` and make it again.` },
  );
}

/** Grows the root partition and its file system to the disk; a box that does so at boot has nothing left to do. */
export async function growFileSystem(folder: MachineFolder, name: string): Promise<void> {
  const line = `sudo sh -c '
root=$(findmnt -no SOURCE /); disk=/dev/$(lsblk -no PKNAME "$root"); part=$(cat /sys/class/block/$(basename "$root")/partition)
if command -v growpart >/dev/null; then growpart "$disk" "$part" || true
else echo ", +" | sfdisk --no-reread --force -N "$part" "$disk" >/dev/null && partx -u "$disk"; fi
case $(findmnt -no FSTYPE /) in ext*) resize2fs "$root";; xfs) xfs_growfs /;; btrfs) btrfs filesystem resize max /;; esac'`;
  await runInside(folder, name, line);
}
