/** A cloud image as a Vagrant box for libvirt, which is how Vagrant takes any image. */

import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { x } from "tinyexec";
import { GroundworkError } from "../../settings/errors";
import type { ImageFile } from "./image-file";

/** The name of the image's box: by its content, so that it is added once and another image is another box. */
export function boxNameOf({ checksum }: Pick<ImageFile, "checksum">): string {
  return `groundwork-image-${checksum.hex.slice(0, 16)}`;
}

/** What the box says of itself: format 1 of vagrant-libvirt, its sizes in GB, rounded up. */
function boxMetadata({ virtualBytes }: Pick<ImageFile, "virtualBytes">): string {
  return JSON.stringify({ provider: "libvirt", format: "qcow2", virtual_size: Math.ceil(virtualBytes / 2 ** 30) });
}

/**
 * Writes the box for `vagrant box add`: an archive with the image as it is. The caller removes it.
 *
 * @throws INSUFFICIENT_RESOURCES when the disk is full
 */
export async function writeImageBox(image: ImageFile, path: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), "box-"));
  try {
    await writeFile(join(folder, "metadata.json"), boxMetadata(image));
    await symlink(image.path, join(folder, "box.img"));
    // -h: the image itself, not the link.
    const { exitCode, stderr } = await x("tar", ["-chf", path, "-C", folder, "metadata.json", "box.img"]);
    if (exitCode !== 0) throw boxFailed(path, stderr);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function boxFailed(path: string, stderr: string): GroundworkError {
  const reason = stderr.trim().split("\n").at(-1) ?? "";
  const full = /no space left/i.test(stderr);
  const message = `The box of the cloud image could not be written to ${path}: ${reason}.`;
  return new GroundworkError(full ? "INSUFFICIENT_RESOURCES" : "ENGINE_FAILED", message, {
    details: { path },
    suggestion: `Free some space on the disk of ${dirname(path)} (\`df -h\` shows it), then run the same command again.`,
  });
}
