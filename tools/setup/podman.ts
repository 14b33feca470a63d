/** Podman: found or installed from the system's packages, and proved by running one container. */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { ensureDirectory, type Home } from "../../host/home";
import { readSetup, type SetupRecord } from "../../host/setup-record";
import { containersConf, hardLimitOf } from "./containers-conf";
import { run, say } from "./processes";
import { installPackages, type Packages } from "./system-packages";
import { findVersion, isAtLeast } from "./texts";

type Podman = NonNullable<SetupRecord["podman"]>;

/** Debian 12's version. */
const leastPodmanVersion = "4.3";

const packages: Packages = {
  "apt-get": [
    "podman",
    "crun",
    "runc",
    "netavark",
    "aardvark-dns",
    "iptables",
    "catatonit",
    "uidmap",
    "slirp4netns",
    "fuse-overlayfs",
  ],
  dnf: ["podman", "runc"],
  zypper: ["podman", "runc"],
  pacman: ["podman", "runc"],
  brew: ["podman"],
};

/** Finds Podman, or installs it where set-up may. undefined, with a line that says what to do, where there is none. */
export async function setUpPodman(): Promise<Podman | undefined> {
  const present = await findPodman();
  if (present !== undefined && isAtLeast(present.version, leastPodmanVersion)) return present;
  say(present === undefined ? "podman: not there" : `podman: ${present.version} is older than ${leastPodmanVersion}`);
  try {
    await installPackages("podman: installing", packages);
  } catch (error) {
    say(`podman: ${messageOf(error)}`);
    return undefined;
  }
  return await findPodman();
}

async function findPodman(): Promise<Podman | undefined> {
  try {
    const path = await run("sh", ["-c", "command -v podman"]);
    const version = findVersion(await run(path, ["--version"]));
    return version === undefined ? undefined : { path, version };
  } catch {
    return undefined;
  }
}

/**
 * Runs one container of the image; where the system's runtime fails, tries again with our own containers.conf.
 * One that the same Podman needed at the last set-up is needed still.
 *
 * @returns Podman with the containers.conf that it needs
 */
export async function proveRuntime(home: Home, podman: Podman, image: string): Promise<Podman> {
  const recorded = readSetup(home)?.podman;
  if (recorded?.version === podman.version && existsSync(recorded.containersConf ?? "")) return recorded;
  const refusal = await tryContainer(podman, image);
  if (refusal === undefined) return podman;
  say(`podman: the system's runtime does not work: ${refusal}`);
  const ours = { ...podman, containersConf: writeContainersConf(home) };
  const secondRefusal = await tryContainer(ours, image);
  if (secondRefusal === undefined) return ours;
  say(`podman: nor does it with ${ours.containersConf}: ${secondRefusal}`);
  rmSync(ours.containersConf);
  return podman;
}

/** Runs a container that ends at once; the reason when that fails. */
async function tryContainer(podman: Podman, image: string): Promise<string | undefined> {
  const command = ["run", "--rm", "--memory", "64m", "--publish", "127.0.0.1::80", image, "true"];
  try {
    await run(podman.path, command, { env: podmanEnvironment(podman), timeoutSeconds: 60 });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The environment of Podman's calls in set-up. */
export function podmanEnvironment(podman: Podman): NodeJS.ProcessEnv {
  return podman.containersConf === undefined ? {} : { CONTAINERS_CONF: podman.containersConf };
}

function writeContainersConf(home: Home): string {
  const file = join(ensureDirectory(home.root), "containers.conf");
  const limits = existsSync("/proc/self/limits") ? readFileSync("/proc/self/limits", "utf8") : "";
  const text = containersConf({
    openFiles: hardLimitOf(limits, "Max open files"),
    processes: hardLimitOf(limits, "Max processes"),
    hasNetavark: ["/usr/lib/podman", "/usr/libexec/podman"].some((folder) => existsSync(join(folder, "netavark"))),
  });
  writeFileSync(file, text);
  return file;
}
