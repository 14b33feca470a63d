/** Programs for the tests: the files of Debian packages, unpacked in the cache. Nothing is installed in the system. */

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { run, say } from "../setup/processes";
import { asRoot } from "../setup/system-packages";

/** Where the files of this name lie; undefined where they were not fetched. */
export function unpackedRoot(name: string): string | undefined {
  const root = join(cacheFolder(), name);
  return existsSync(root) ? root : undefined;
}

/** Fetches them for the tests. Says in a line why they are not there, where that cannot be. @param more what they need besides */
export async function fetchForTests(
  name: string,
  packages: readonly string[],
  more?: () => Promise<unknown>,
): Promise<void> {
  try {
    await fetchUnpacked(name, packages);
    await more?.();
  } catch (error) {
    say(`${name}: not there for the tests: ${messageOf(error)}`);
  }
}

/** Fetches the packages and unpacks them under this name, unless they are there. Dependencies are not followed. */
async function fetchUnpacked(name: string, packages: readonly string[]): Promise<void> {
  if (unpackedRoot(name) !== undefined) return;
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(join(cacheFolder(), `${name}-`));
  try {
    await download(draft, packages);
    await run("sh", ["-c", 'for archive in *.deb; do dpkg --extract "$archive" root || exit; done'], { cwd: draft });
    renameSync(join(draft, "root"), join(cacheFolder(), name));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The lists of packages are brought up to date only where the download fails without that. */
async function download(folder: string, packages: readonly string[]): Promise<void> {
  const fetch = () => run("apt-get", ["download", ...packages], { cwd: folder });
  try {
    await fetch();
  } catch (error) {
    const elevated = await asRoot();
    if (elevated === undefined) throw error;
    await run("env", [...elevated, "apt-get", "update"]);
    await fetch();
  }
}
