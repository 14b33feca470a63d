/**
 * Docker Engine for the tests: its programs alone, in the cache. Nothing is installed: that would start a daemon, and
 * change the firewall, of the system.
 */

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache-folder";
import { run, say } from "../setup/processes";
import { asRoot, installPackages } from "../setup/system-packages";
import { messageOf } from "../setup/texts";

/** The Debian packages that hold the daemon and all that it starts, but for iptables. */
const packages = ["docker.io", "containerd", "runc", "tini"];

/** The folder of the packages' files. */
function root(): string {
  return join(cacheFolder(), "docker");
}

/** What goes before PATH so that `dockerd` and `docker` are found; undefined where they were not fetched. */
export function dockerPath(): string | undefined {
  const folders = ["usr/sbin", "usr/bin"].map((folder) => join(root(), folder));
  return folders.every((folder) => existsSync(folder)) ? folders.join(":") : undefined;
}

/** Fetches the programs, unless they are there. Says in a line why they are not, where that cannot be. */
export async function fetchDockerPrograms(): Promise<void> {
  try {
    if (dockerPath() === undefined) await unpack();
    await run("sh", ["-c", "command -v ip && command -v iptables"]).catch(async () => {
      await installPackages("docker: installing what it needs", { "apt-get": ["iproute2", "iptables"] });
    });
  } catch (error) {
    say(`docker: not there for the tests: ${messageOf(error)}`);
  }
}

async function unpack(): Promise<void> {
  mkdirSync(cacheFolder(), { recursive: true });
  const draft = mkdtempSync(join(cacheFolder(), "docker-"));
  try {
    await download(draft);
    await run("sh", ["-c", 'for archive in *.deb; do dpkg --extract "$archive" root || exit; done'], { cwd: draft });
    renameSync(join(draft, "root"), root());
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** The lists of packages are brought up to date only where the download fails without that. */
async function download(folder: string): Promise<void> {
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
