/** The pool of libvirt in which Vagrant keeps disks. */

import * as z from "zod";
import type { DiskSpace } from "../../settings/instance-objects";
import { spaceAt } from "./disk-space";
import type { Virsh } from "./virsh";
import { parseXml } from "./xml";

/** The pool's name for `virsh`. */
export const diskPool = "default";

/** Where the pool is that Vagrant would make. */
const usualFolder = "/var/lib/libvirt/images";

const poolSchema = z.object({ pool: z.object({ target: z.object({ path: z.string() }) }) });

/** A fresh libvirt has no pool; this is the one that Vagrant would make. */
export async function ensurePool(virsh: Virsh): Promise<void> {
  if ((await virsh.call(["pool-info", diskPool])).exitCode === 0) return;
  await virsh.run(["pool-define-as", diskPool, "dir", "--target", usualFolder]);
  for (const step of ["pool-build", "pool-start", "pool-autostart"]) await virsh.run([step, diskPool]);
}

/** The file system that the pool is on, or would be; libvirt's own numbers are as old as the pool's last refresh. */
export async function poolSpace(virsh: Virsh): Promise<DiskSpace> {
  const { exitCode, stdout } = await virsh.call(["pool-dumpxml", diskPool]);
  const directory = exitCode === 0 ? poolSchema.parse(parseXml(stdout)).pool.target.path : usualFolder;
  return spaceAt(directory);
}
