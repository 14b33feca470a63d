/** Builds, from the recipe in this folder, what the default container image and all disks share, and the disks. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheFolder } from "../cache-folder";
import { chooseDebianSource, parseOsRelease, type DebianSource } from "../setup/debian-source";
import { run, runStage } from "../setup/processes";
import { asRoot, installPackages } from "../setup/system-packages";
import { makeOnce } from "./make-once";
import { baseHash, diskHash, boxName, imageName, type RecipeFile, type Release } from "./names";

/** The shared root file system of this host's release. */
export interface BaseRecipe {
  readonly release: Release;
  readonly hash: string;
  /** The name of the container image that is made of it. */
  readonly image: string;
}

/** A disk of this host's release. */
export interface DiskRecipe {
  readonly base: BaseRecipe;
  /** Where what is made of it lies. It is whole when it is there. */
  readonly file: string;
}

/** The default box. */
export interface BoxRecipe extends DiskRecipe {
  readonly name: string;
}

/** What can be made here; undefined on a system that is not Debian or Ubuntu. */
export async function baseRecipe(checkout: string): Promise<BaseRecipe | undefined> {
  const release = await readRelease();
  if (release === undefined) return undefined;
  const hash = baseHash(release, [recipeFile(recipeFolder(checkout), "base.sh")]);
  return { release, hash, image: imageName(hash) };
}

/**
 * The box that can be made here.
 *
 * @throws Error saying why there is none
 */
export async function boxRecipe(checkout: string): Promise<BoxRecipe> {
  const { base, hash } = await diskOf(checkout, ["disk.sh", "box.sh"], "box");
  const name = boxName(base.release, hash);
  return { base, name, file: join(cacheFolder(), "rootfs", `box-${hash}`, `${name}.box`) };
}

/**
 * The cloud image that can be made here: Debian with cloud-init, for tests.
 *
 * @throws Error saying why there is none
 */
export async function cloudImageRecipe(checkout: string): Promise<DiskRecipe> {
  const { base, hash } = await diskOf(checkout, ["disk.sh"], "cloud-image");
  return { base, file: join(cacheFolder(), "rootfs", `cloud-image-${hash}`, "debian.qcow2") };
}

async function diskOf(checkout: string, scripts: readonly string[], part: string) {
  const base = await baseRecipe(checkout);
  if (base?.release.id !== "debian" || base.release.architecture !== "amd64") {
    throw new Error("a disk is made on Debian for amd64 alone");
  }
  const folder = recipeFolder(checkout);
  const paths = [...scripts, ...filesBelow(folder, "disk"), ...filesBelow(folder, part)];
  return {
    base,
    hash: diskHash(
      base.hash,
      paths.map((path) => recipeFile(folder, path)),
    ),
  };
}

/**
 * The archive (tar) of the shared root file system; made where it is not in the cache.
 *
 * @throws GroundworkError INSUFFICIENT_RESOURCES when there is no room; Error saying why it cannot be made
 */
export async function buildBase(checkout: string, { hash, release }: BaseRecipe): Promise<string> {
  const folder = join(cacheFolder(), "rootfs", `base-${hash}`);
  if (existsSync(folder)) return join(folder, "base.tar");
  const root = await rootOrRefuse();
  const source = await findDebianSource(release);
  await assertPrograms("root file system: installing debootstrap", ["debootstrap"], ["debootstrap"]);
  const make = async (draft: string) => {
    const command = [join(recipeFolder(checkout), "base.sh"), source.suite, source.mirror, join(draft, "base.tar")];
    await runScript(`root file system: building from the packages of ${source.suite}`, root, command);
  };
  await makeOnce({ what: "the shared root file system", folder, roomMiB: 700, root, make });
  return join(folder, "base.tar");
}

/**
 * Makes the box where it is not in the cache.
 *
 * @throws GroundworkError INSUFFICIENT_RESOURCES when there is no room; Error saying why it cannot be made
 */
export async function buildBox(checkout: string, recipe: BoxRecipe): Promise<void> {
  await buildDisk(checkout, recipe, "the default box", (archive, file) => ["box.sh", archive, file]);
}

/** Makes the cloud image where it is not in the cache. @throws as {@link buildBox} */
export async function buildCloudImage(checkout: string, recipe: DiskRecipe): Promise<void> {
  await buildDisk(checkout, recipe, "the cloud image", (archive, file) => [
    "disk.sh",
    archive,
    "cloud-image",
    "2",
    file,
  ]);
}

async function buildDisk(
  checkout: string,
  { base, file }: DiskRecipe,
  what: string,
  script: (archive: string, file: string) => readonly [string, ...string[]],
): Promise<void> {
  if (existsSync(file)) return;
  const archive = await buildBase(checkout, base);
  const root = await rootOrRefuse();
  const programs = ["qemu-img", "grub-mkimage", "sfdisk", "mke2fs", grubBootCode];
  const packages = ["qemu-utils", "grub-common", "grub-pc-bin", "fdisk", "e2fsprogs"];
  await assertPrograms(`${what}: installing what makes the disk`, programs, packages);
  const make = async (draft: string) => {
    const [name, ...parameters] = script(archive, join(draft, basename(file)));
    await runScript(`${what}: building`, root, [join(recipeFolder(checkout), name), ...parameters]);
  };
  await makeOnce({ what, folder: dirname(file), roomMiB: 2000, root, make });
}

/** The package grub-pc-bin has no program, only this. */
const grubBootCode = "/usr/lib/grub/i386-pc/boot.img";

function recipeFolder(checkout: string): string {
  return join(checkout, "tools", "rootfs");
}

function filesBelow(folder: string, part: string): string[] {
  return readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function recipeFile(folder: string, path: string): RecipeFile {
  return { path, text: readFileSync(join(folder, path), "utf8") };
}

/** Debian or Ubuntu, its version and the processor's kind; undefined elsewhere. */
async function readRelease(): Promise<Release | undefined> {
  try {
    const {
      ID: id,
      VERSION_ID: version,
      VERSION_CODENAME: suite,
    } = parseOsRelease(readFileSync("/etc/os-release", "utf8"));
    if ((id !== "debian" && id !== "ubuntu") || version === undefined || suite === undefined) return undefined;
    return { id, version, suite, architecture: await run("dpkg", ["--print-architecture"]) };
  } catch {
    return undefined;
  }
}

async function findDebianSource({ suite }: Release): Promise<DebianSource> {
  const format = "$(REPO_URI) $(CODENAME) $(COMPONENT)";
  const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const source = chooseDebianSource(targets, suite);
  if (source === undefined) throw new Error("apt knows no package source of this system's own release");
  return source;
}

async function rootOrRefuse(): Promise<readonly string[]> {
  const root = await asRoot();
  if (root === undefined) throw new Error("debootstrap needs root, or sudo without a password");
  return root;
}

/** Programs by name, or files by path. */
async function assertPrograms(stage: string, programs: readonly string[], packages: readonly string[]): Promise<void> {
  // Some stand in folders that only root's PATH has.
  const find = 'PATH=$PATH:/usr/sbin:/sbin; for program; do command -v "$program" || test -e "$program" || exit; done';
  await run("sh", ["-c", find, "sh", ...programs]).catch(async () => {
    await installPackages(stage, { "apt-get": packages });
  });
}

/** The scripts of the recipe; what they say about progress is said with each line. */
async function runScript(stage: string, root: readonly string[], command: readonly string[]): Promise<void> {
  const path = { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  const [program = "", ...rest] = [...root, "bash", ...command];
  await runStage(stage, program, rest, { env: path, describe: (line) => line.replace(/^[IW]: /, "") });
}
