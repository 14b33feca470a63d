/** The file systems that hold the disks of virtual machines. */

import type { StatsFs } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DiskSpace } from "../../settings/instance-objects";

/** The file system of a folder; of one that is not there yet, that of the folder that it will be made in. */
export async function spaceAt(directory: string): Promise<DiskSpace> {
  const { blocks, bavail, bsize } = await statfsAbove(directory);
  return { directory, totalGiB: toGiB(blocks * bsize), freeGiB: toGiB(bavail * bsize) };
}

async function statfsAbove(directory: string): Promise<StatsFs> {
  try {
    return await statfs(directory);
  } catch (error) {
    if (dirname(directory) === directory) throw error;
    return statfsAbove(dirname(directory));
  }
}

function toGiB(bytes: number): number {
  return Math.floor(bytes / 2 ** 30);
}
