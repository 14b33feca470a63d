/** The disk that cloud-init finds its files on: an ISO image with the label of its NoCloud data source. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { x } from "tinyexec";
import { GroundworkError } from "../../settings/errors";
import type { SeedFiles } from "../cloud-init/seed-files";

/** The label by which cloud-init knows the disk. */
const label = "cidata";

/**
 * Writes the disk, some hundred kilobytes, with files that only root can read inside.
 *
 * @throws PROVIDER_NOT_AVAILABLE when xorrisofs, which writes it, is missing or fails
 */
export async function writeSeedDisk(files: SeedFiles, path: string): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), "seed-"));
  try {
    const names = Object.keys(files) as (keyof SeedFiles)[];
    await Promise.all(names.map((name) => writeFile(join(folder, name), files[name], { mode: 0o600 })));
    await run(["-quiet", "-output", path, "-volid", label, "-joliet", "-rational-rock", folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(parameters: readonly string[]): Promise<void> {
  try {
    const { exitCode, stderr } = await x("xorrisofs", [...parameters]);
    if (exitCode !== 0) throw new Error(stderr.trim().split("\n").at(-1));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no program xorrisofs" : message;
    throw new GroundworkError("PROVIDER_NOT_AVAILABLE", `The disk for cloud-init could not be written: ${why}.`, {
      cause,
      suggestion: "Install the package xorriso, as `make setup-vm` does, then run the same command again.",
    });
  }
}
