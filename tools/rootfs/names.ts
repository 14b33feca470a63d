/** The names of what is made from the recipe in this folder: each tells its content. Pure. */

import { createHash } from "node:crypto";

/** A file of the recipe: its path below the recipe's folder, and what it holds. */
export interface RecipeFile {
  readonly path: string;
  readonly text: string;
}

/** What the root file system is made for. */
export interface Release {
  /** `ID` of /etc/os-release: debian, ubuntu. */
  readonly id: string;
  /** `VERSION_ID`: 12. */
  readonly version: string;
  /** `VERSION_CODENAME`: bookworm. */
  readonly suite: string;
  /** Debian's name of the processor's kind: amd64, arm64. */
  readonly architecture: string;
}

/** The shared root file system's content: the release and the recipe of the base. 12 hexadecimal digits. */
export function baseHash(release: Release, recipe: readonly RecipeFile[]): string {
  return hashOf([release.id, release.version, release.suite, release.architecture], recipe);
}

/** A disk's content: the base's, and the recipe of what comes on top. 12 hexadecimal digits. */
export function diskHash(base: string, recipe: readonly RecipeFile[]): string {
  return hashOf([base], recipe);
}

/** The container image's name in the backend's store. */
export function imageName(base: string): string {
  return `localhost/groundwork/rootfs:${base}`;
}

/** The box's name in Vagrant's store. */
export function boxName({ id, version }: Release, box: string): string {
  return `groundwork-${id}${version}-${box}`;
}

/** Neither the order in which the files were found nor anything but their content changes it. */
function hashOf(facts: readonly string[], recipe: readonly RecipeFile[]): string {
  const files = [...recipe].sort((a, b) => (a.path < b.path ? -1 : 1));
  const content = JSON.stringify([facts, files.map(({ path, text }) => [path, text])]);
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}
