/** Docker Engine for the tests. To install it would start a daemon, and change the firewall, of the system. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../setup/processes";
import { installPackages } from "../setup/system-packages";
import { fetchForTests, unpackedRoot } from "./unpacked-packages";

const name = "docker";

/** The Debian packages that hold the daemon and all that it starts, but for iptables. */
const packages = ["docker.io", "containerd", "runc", "tini"];

/** What goes before PATH so that `dockerd` and `docker` are found; undefined where they were not fetched. */
export function dockerPath(): string | undefined {
  const root = unpackedRoot(name) ?? "";
  const folders = ["usr/sbin", "usr/bin"].map((folder) => join(root, folder));
  return root !== "" && folders.every((folder) => existsSync(folder)) ? folders.join(":") : undefined;
}

/** Fetches the programs, unless they are there. */
export function fetchDockerPrograms(): Promise<void> {
  return fetchForTests(name, packages, () =>
    run("sh", ["-c", "command -v ip && command -v iptables"]).catch(() =>
      installPackages("docker: installing what it needs", { "apt-get": ["iproute2", "iptables"] }),
    ),
  );
}
