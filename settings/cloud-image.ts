/** Cloud images: what BOX is where it names no Vagrant box, and what cloud-init may install at their first start. */

import { accepted, acceptedUnless, problem, refused, type Parsed } from "./values";

/** A cloud image: a qcow2 file with cloud-init inside, as distributions publish them. */
export interface CloudImage {
  /** An absolute path, or an http or https address. */
  readonly source: string;
  /** What the file's digest must be; always there for an address. */
  readonly checksum: Checksum | undefined;
  /** What cloud-init installs at the first start. */
  readonly packages: readonly ImagePackage[];
}

/** A digest of a file. */
export interface Checksum {
  readonly algorithm: "sha256" | "sha512";
  /** In lower case. */
  readonly hex: string;
}

/** What BOX_CHECKSUM may be, in words. */
export const checksumAllowed = "sha256: and 64 hexadecimal digits, or sha512: and 128";

const digits = { sha256: 64, sha512: 128 } as const;

/** A digest as Debian (SHA512SUMS) and Ubuntu (SHA256SUMS) publish it, with the algorithm before it. */
export function parseChecksum(text: string): Parsed<Checksum> {
  const [, algorithm, hex = ""] = /^(sha256|sha512):([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  if (algorithm === undefined) return refused(problem(text, "is not a checksum", checksumAllowed));
  const name = algorithm.toLowerCase() as Checksum["algorithm"];
  if (hex.length !== digits[name]) {
    return refused(problem(text, `has ${String(hex.length)} digits`, checksumAllowed));
  }
  return accepted({ algorithm: name, hex: hex.toLowerCase() });
}

/** Whether BOX names a cloud image, by the end of its path: a Vagrant box has no such end. */
export function isCloudImage(box: string): boolean {
  return /\.(qcow2|img)$/i.test(isAddress(box) && URL.canParse(box) ? new URL(box).pathname : box);
}

/**
 * The one text that says what an instance is made from: `SOURCE`, `SOURCE#sha256:…` or
 * `SOURCE#sha256:…&packages:docker,git`. It stands where a box's name stands, so that another content or another list of
 * packages is another image.
 */
export function formatCloudImage({ source, checksum, packages }: CloudImage): string {
  const parts = [
    ...(checksum === undefined ? [] : [formatChecksum(checksum)]),
    ...(packages.length === 0 ? [] : [`packages:${packages.join(",")}`]),
  ];
  return parts.length === 0 ? source : `${source}#${parts.join("&")}`;
}

/** The cloud image of a text that {@link formatCloudImage} made; undefined where it names something else. */
export function readCloudImage(text: string): CloudImage | undefined {
  const pattern = /^(.*?)(?:#(?:(sha(?:256|512):[0-9a-f]+))?&?(?:packages:([a-z,]+))?)?$/;
  const [, source = text, checksum, packages] = pattern.exec(text) ?? [];
  if (!isCloudImage(source)) return undefined;
  const parsed = checksum === undefined ? undefined : parseChecksum(checksum);
  return {
    source,
    checksum: parsed?.ok === true ? parsed.value : undefined,
    packages: imagePackages.filter((name) => packages?.split(",").includes(name)),
  };
}

/** A checksum as it is written. */
export function formatChecksum({ algorithm, hex }: Checksum): string {
  return `${algorithm}:${hex}`;
}

/** Whether an image must be downloaded. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/** What cloud-init can install at the first start, in the words of BOX_PACKAGES. */
export const imagePackages = ["docker", "git", "nodejs", "python"] as const;

/** One of {@link imagePackages}. */
export type ImagePackage = (typeof imagePackages)[number];

/** What BOX_PACKAGES may be, in words. */
export const packagesAllowed = `a comma-separated list of ${imagePackages.join(", ")}`;

/** Several packages, each once and in the order of {@link imagePackages}. */
export function parseImagePackages(entries: readonly string[]): Parsed<readonly ImagePackage[]> {
  const unknown = entries.filter((entry) => !imagePackages.some((known) => known === entry));
  return acceptedUnless(
    unknown.map((entry) => problem(entry, "is not a package that can be installed", packagesAllowed)),
    imagePackages.filter((known) => entries.includes(known)),
  );
}
