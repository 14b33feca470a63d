/** Makes something of the cache that takes long and much room: whole or not at all, also when interrupted. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { identifyProcess } from "../../host/processes";
import { GroundworkError, messageOf } from "../../settings/errors";
import { run } from "../setup/processes";

/** What is made. */
export interface Product {
  /** What it is called in messages: "the default box". */
  readonly what: string;
  /** The folder in the cache, whose name tells its content: one that is there is complete. */
  readonly folder: string;
  /** The room that making it takes, in MiB; a part of it only for the time. */
  readonly roomMiB: number;
  /** What comes before a command that runs as root; see asRoot. What was made may be root's. */
  readonly root: readonly string[];
  /** Fills a folder. */
  readonly make: (draft: string) => Promise<void>;
}

/**
 * Makes the product in a folder beside, then renames it, unless it is there. Two at once each make their own; the first
 * to be complete wins. A draft whose program has ended without cleaning up is removed.
 *
 * @throws GroundworkError INSUFFICIENT_RESOURCES when there is no room, before anything is made or when it runs out
 * @throws Error with the reason when making it fails
 */
export async function makeOnce(product: Product): Promise<void> {
  const { folder, root } = product;
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  await removeOrphans(parent, root);
  if (freeMiB(parent) < product.roomMiB) throw noRoom(product, parent);
  const draft = mkdtempSync(join(parent, draftPrefix(process.pid)));
  try {
    await product.make(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
  } catch (error) {
    const ranOut = /no space left/i.test(messageOf(error)) || freeMiB(parent) < leastLeftMiB;
    throw ranOut ? noRoom(product, parent) : error;
  } finally {
    await removeAs(root, draft);
  }
}

/** A program that fails with less than this left has failed for want of room, whatever it says. */
const leastLeftMiB = 16;

function draftPrefix(pid: number | string): string {
  return `draft-${String(pid)}-`;
}

async function removeOrphans(parent: string, root: readonly string[]): Promise<void> {
  for (const name of readdirSync(parent)) {
    const pid = /^draft-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && identifyProcess(Number(pid)) === undefined) await removeAs(root, join(parent, name));
  }
}

/** Never follows a mount, should one be left. */
async function removeAs(root: readonly string[], folder: string): Promise<void> {
  const [program, ...rest] = [...root, "rm", "-rf", "--one-file-system", folder];
  await run(program, rest);
}

function freeMiB(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1024 ** 2);
}

function noRoom({ what, roomMiB }: Product, parent: string): GroundworkError {
  const free = freeMiB(parent);
  return new GroundworkError(
    "INSUFFICIENT_RESOURCES",
    `There is no room for ${what}: making it takes ${String(roomMiB)} MiB in ${parent}, and ${String(free)} MiB are free. Nothing of it was left.`,
    {
      details: { path: parent, neededMiB: roomMiB, freeMiB: free },
      suggestion: "Free some room, or name another folder in GROUNDWORK_CACHE; then run the same command again.",
    },
  );
}
