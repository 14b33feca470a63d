/**
 * The default image: a well-known public one with Python in it; where no registry is in reach, one
 * built from the system's own Debian packages and named as what it is.
 */

import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SetupRecord } from "../../host/setup-record";
import { cacheFolder } from "../cache-folder";
import { chooseDebianSource, parseOsRelease, type DebianSource } from "./debian-source";
import { podmanEnvironment } from "./podman";
import { run, runStage, say } from "./processes";
import { pullImage } from "./pull-image";
import { asRoot, installPackages } from "./system-packages";
import { messageOf } from "./texts";

type Podman = NonNullable<SetupRecord["podman"]>;
type Image = SetupRecord["image"];

/** The image of an instance that names none, where a registry is in reach. */
export const publicImage = "docker.io/library/python:3.13-slim-bookworm";

/** Finds the default image in Podman's store, or brings it there. undefined, with a line that says why, where no way works. */
export async function setUpImage(podman: Podman): Promise<Image | undefined> {
  const system = readSystem();
  const local = system === undefined ? undefined : `localhost/groundwork/${system.id}-python:${system.version}`;
  if (await isInStore(podman, publicImage)) return { name: publicImage, origin: "pulled" };
  if (local !== undefined && (await isInStore(podman, local))) return { name: local, origin: "built from packages" };
  try {
    await pullImage(podman, publicImage);
    return { name: publicImage, origin: "pulled" };
  } catch (error) {
    say(`image: ${publicImage} is passed over: ${messageOf(error)}`);
  }
  try {
    if (local === undefined) throw new Error("this system is not Debian or Ubuntu");
    await buildImage(podman, local);
    return { name: local, origin: "built from packages" };
  } catch (error) {
    say(`image: none could be built: ${messageOf(error)}`);
    return undefined;
  }
}

/** Debian or Ubuntu and its version; undefined elsewhere. */
function readSystem(): { id: string; version: string; codename: string } | undefined {
  try {
    const {
      ID: id,
      VERSION_ID: version,
      VERSION_CODENAME: codename,
    } = parseOsRelease(readFileSync("/etc/os-release", "utf8"));
    if ((id !== "debian" && id !== "ubuntu") || version === undefined || codename === undefined) return undefined;
    return { id, version, codename };
  } catch {
    return undefined;
  }
}

async function isInStore(podman: Podman, name: string): Promise<boolean> {
  const answer = run(podman.path, ["image", "exists", name], { env: podmanEnvironment(podman) });
  return await answer.then(
    () => true,
    () => false,
  );
}

async function buildImage(podman: Podman, name: string): Promise<void> {
  const root = await asRoot();
  if (root === undefined) throw new Error("debootstrap needs root, or sudo without a password");
  const source = await findDebianSource();
  await run("debootstrap", ["--version"]).catch(async () => {
    await installPackages("image: installing debootstrap", { "apt-get": ["debootstrap"] });
  });
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), "image-"));
  try {
    await debootstrap(root, source, join(folder, "root"));
    await importRoot(podman, root, folder, name, source);
  } finally {
    await runAs(root, "rm", ["-rf", "--one-file-system", folder]);
  }
}

async function findDebianSource(): Promise<DebianSource> {
  const format = "$(REPO_URI) $(CODENAME) $(COMPONENT)";
  const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const source = chooseDebianSource(targets, readSystem()?.codename ?? "");
  if (source === undefined) throw new Error("apt knows no package source of this system's own release");
  return source;
}

async function debootstrap(root: readonly string[], source: DebianSource, folder: string): Promise<void> {
  const command = ["debootstrap", "--variant=minbase", "--include=python3", source.suite, folder, source.mirror];
  const [program = "", ...rest] = [...root, ...command];
  await runStage(`image: building from the packages of ${source.suite}`, program, rest, {
    describe: (line) => line.replace(/^[IW]: /, ""),
  });
}

/** The lists and archives of packages are left out: they only cost space. */
async function importRoot(
  podman: Podman,
  root: readonly string[],
  folder: string,
  name: string,
  source: DebianSource,
): Promise<void> {
  const archive = join(folder, "root.tar");
  const without = ["./dev/*", "./proc/*", "./sys/*", "./var/cache/apt/*", "./var/lib/apt/lists/*", "./var/log/*"];
  const options = ["--numeric-owner", ...without.map((pattern) => `--exclude=${pattern}`)];
  await runAs(root, "tar", ["-C", join(folder, "root"), ...options, "-cf", archive, "."]);
  const description = `${source.suite}, minimal, with Python, built from the distribution's packages by Groundwork's set-up`;
  const changes = [
    'CMD ["sleep","infinity"]',
    `LABEL org.opencontainers.image.description=${JSON.stringify(description)}`,
  ];
  await runStage(
    "image: importing",
    podman.path,
    ["import", ...changes.flatMap((change) => ["--change", change]), archive, name],
    { env: podmanEnvironment(podman) },
  );
}

async function runAs(root: readonly string[], ...command: [string, readonly string[]]): Promise<void> {
  const [program = "", ...rest] = [...root, command[0], ...command[1]];
  await run(program, rest);
}
