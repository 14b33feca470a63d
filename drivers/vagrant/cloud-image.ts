/** Machines from cloud images: the image as a box, and the disk by which cloud-init knows what the machine is to be. */

import { existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { x } from "tinyexec";
import type { CloudImage } from "../../settings/cloud-image";
import { GroundworkError } from "../../settings/errors";
import type { InstanceSpec } from "../../settings/instance-spec";
import { seedFiles } from "../cloud-init/seed-files";
import { readStatus, waitCommand } from "../cloud-init/status";
import { boxNameOf, writeImageBox } from "../cloud-images/image-box";
import { findImage, type ImageFile } from "../cloud-images/image-file";
import { writeSeedDisk } from "../cloud-images/seed-disk";
import { diskPool, ensurePool } from "./disk-pool";
import type { MachineFolder } from "./machine-folder";
import { tell, type MachineSetting } from "./machine-setting";
import type { Virsh } from "./virsh";

/** What Vagrant is given instead of a box's name. */
export interface ImageBox {
  readonly name: string;
  /** Where the box lies; undefined where Vagrant has it already. */
  readonly file: string | undefined;
}

/**
 * The image as a box, downloaded where it must be.
 *
 * @throws CONFIG_INVALID when there is no such image, or the machine's disk is smaller than the image's
 */
export async function imageBox(
  setting: MachineSetting,
  { id, diskGiB = 0 }: InstanceSpec,
  image: CloudImage,
  signal: AbortSignal | undefined,
): Promise<ImageBox> {
  tell(setting, "fetch image of", `fetching the image of ${id}`);
  const found = await findImage(image, { folder: setting.images, signal });
  refuseSmallDisk(found, diskGiB);
  const name = boxNameOf(found);
  if (hasBox(setting.environment, name)) return { name, file: undefined };
  mkdirSync(setting.images, { recursive: true });
  const file = join(setting.images, `${name}.box`);
  if (!existsSync(file)) await writeImageBox(found, file);
  return { name, file };
}

/** Vagrant keeps a copy of its own. */
export function dropBoxFile({ file }: ImageBox): void {
  if (file !== undefined) rmSync(file, { force: true });
}

function refuseSmallDisk({ path, virtualBytes }: ImageFile, diskGiB: number): void {
  const least = Math.ceil(virtualBytes / 2 ** 30);
  if (diskGiB >= least) return;
  throw new GroundworkError(
    "CONFIG_INVALID",
    `The disk of the cloud image has ${String(least)} GiB, which is more than ${String(diskGiB)} GiB.`,
    { details: { path }, suggestion: `Write DISK_SIZE=${String(least)} or more.` },
  );
}

/** Asking Vagrant itself takes a second. */
function hasBox({ VAGRANT_HOME, HOME }: NodeJS.ProcessEnv, name: string): boolean {
  return existsSync(join(VAGRANT_HOME ?? join(HOME ?? homedir(), ".vagrant.d"), "boxes", name));
}

/** The name of the volume that a machine's seed is kept in: its machine reads it at every start. */
export function seedVolume(machineName: string): string {
  return `${machineName}-seed.iso`;
}

/** Who the machine is to be, for cloud-init. */
export interface SeedContent {
  readonly spec: InstanceSpec;
  readonly uuid: string;
  readonly user: string;
  readonly publicKey: string;
  readonly packages: CloudImage["packages"];
}

/** Writes the seed and gives it to libvirt, whose QEMU may not read a user's own folders. */
export async function uploadSeed(virsh: Virsh, folder: MachineFolder, content: SeedContent): Promise<void> {
  const { spec, uuid, user, publicKey, packages } = content;
  const file = join(folder.path, "seed.iso");
  const files = seedFiles({
    hostname: spec.id,
    instanceId: uuid,
    users: [{ name: user, sshKeys: [publicKey] }],
    packages,
  });
  await writeSeedDisk(files, file);
  await ensurePool(virsh);
  const volume = seedVolume(spec.name);
  await removeSeed(virsh, spec.name);
  await virsh.run(["vol-create-as", diskPool, volume, String(statSync(file).size), "--format", "raw"]);
  await virsh.run(["vol-upload", "--pool", diskPool, volume, file]);
}

/** Removes a machine's seed, where there is one. */
export async function removeSeed(virsh: Virsh, machineName: string): Promise<void> {
  await virsh.call(["vol-delete", "--pool", diskPool, seedVolume(machineName)]);
}

/**
 * Waits until cloud-init has ended.
 *
 * @throws PROVISIONING_FAILED when it failed; the machine can be looked into
 */
export async function waitForCloudInit(
  setting: MachineSetting,
  folder: MachineFolder,
  { id, name }: InstanceSpec,
): Promise<void> {
  tell(setting, "set up", `waiting for cloud-init in ${id}`);
  const ssh = ["-F", folder.sshConfig, "-o", "BatchMode=yes", name, ...waitCommand];
  const { exitCode = 1, stdout, stderr } = await x("ssh", ssh);
  const warnings = readStatus(id, { exitCode, stdout, stderr });
  for (const warning of warnings) tell(setting, "set up", warning);
}
