/** Docker Engine for the tests. To install it would start a daemon, and change the firewall, of the system. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { run, say } from "../setup/processes";
import { installPackages } from "../setup/system-packages";
import { messageOf } from "../setup/texts";
import { fetchUnpacked, unpackedRoot } from "./unpacked-packages";

const name = "docker";

/** The Debian packages that hold the daemon and all that it starts, but for iptables. */
const packages = ["docker.io", "containerd", "runc", "tini"];

/** What goes before PATH so that `dockerd` and `docker` are found; undefined where they were not fetched. */
export function dockerPath(): string | undefined {
  const root = unpackedRoot(name) ?? "";
  const folders = ["usr/sbin", "usr/bin"].map((folder) => join(root, folder));
  return root !== "" && folders.every((folder) => existsSync(folder)) ? folders.join(":") : undefined;
}

/** Fetches the programs, unless they are there. Says in a line why they are not, where that cannot be. */
export async function fetchDockerPrograms(): Promise<void> {
  try {
    await fetchUnpacked(name, packages);
    await run("sh", ["-c", "command -v ip && command -v iptables"]).catch(async () => {
      await installPackages("docker: installing what it needs", { "apt-get": ["iproute2", "iptables"] });
    });
  } catch (error) {
    say(`docker: not there for the tests: ${messageOf(error)}`);
  }
}
