/** What virtual machines are made from: Vagrant boxes and cloud images. */

import { join, resolve } from "node:path";
import { formatCloudImage, isAddress, isCloudImage, type Checksum, type ImagePackage } from "./cloud-image";
import type { Backend } from "./instance-spec";
import { accepted, problem, quote, refused, type Parsed, type Problem } from "./values";
import type { VolumeContext } from "./volumes";

/** What BOX may be, in words. */
export const boxAllowed =
  "a Vagrant box ([owner/]name: debian/bookworm64), or a cloud image: the path or the address of a .qcow2 or .img file";

const longestName = 255;
const part = String.raw`[A-Za-z0-9][\w.-]*`;
const boxPattern = new RegExp(`^${part}(?:/${part})?$`);

/**
 * The name of a box, or where a cloud image lies: a path is made absolute. Whether there is such a box, or anything at
 * an address, is not known here.
 */
export function parseBox(text: string, context: VolumeContext): Parsed<string> {
  if (isAddress(text)) return parseAddress(text);
  if (isCloudImage(text)) return parsePath(text, context);
  if (text.length <= longestName && boxPattern.test(text)) return accepted(text);
  return refused(problem(text, "is not the name of a box", boxAllowed));
}

function parseAddress(text: string): Parsed<string> {
  // A fragment means something to us alone; a space would end the address where people read it.
  if (URL.canParse(text) && isCloudImage(text) && !/[#\s]/.test(text)) return accepted(text);
  return refused(problem(text, "is not the address of a cloud image", boxAllowed));
}

function parsePath(text: string, { home, directory, pathExists }: VolumeContext): Parsed<string> {
  const path = text.startsWith("~/") ? join(home, text.slice(2)) : resolve(directory, text);
  if (/[\0\r\n]/.test(text)) return refused(problem(text, "is not a path", boxAllowed));
  if (pathExists?.(path) !== false) return accepted(path);
  return refused(problem(text, `leads to ${quote(path)}, which does not exist on this host`, boxAllowed));
}

/** The well-known box, at libvirt and VirtualBox. */
export const publicBox = "debian/bookworm64";

/** The box where none is named: the host's own, which set-up made, is for libvirt alone. */
export function defaultBox(backend: Backend | undefined, hostBox: string): string {
  return backend === "virtualbox" ? publicBox : hostBox;
}

/** What was said of the box of one machine; undefined where nothing was. */
export interface GivenBox {
  readonly box: string | undefined;
  readonly checksum: Checksum | undefined;
  readonly packages: readonly ImagePackage[] | undefined;
}

/** The text that says what the machine is made from: the name of a box, or {@link formatCloudImage}'s. */
export function toImage({ box, checksum, packages = [] }: GivenBox, defaultBox: string): string {
  if (box === undefined || !isCloudImage(box)) return box ?? defaultBox;
  return formatCloudImage({ source: box, checksum, packages });
}

/** What is wrong between the parts, by the part that is to be mended. */
export function boxProblems(
  { box, checksum, packages }: GivenBox,
  backend: Backend | undefined,
): Partial<Record<keyof GivenBox, Problem>> {
  if (box === undefined || !isCloudImage(box)) {
    return {
      ...(checksum === undefined ? {} : { checksum: forImages("a Vagrant box carries its own") }),
      ...(packages === undefined ? {} : { packages: forImages("a playbook sets up what a Vagrant box lacks") }),
    };
  }
  if (backend === "virtualbox") {
    return { box: problem(box, "is a cloud image, which runs on libvirt alone", "a Vagrant box, or PROVIDER=libvirt") };
  }
  if (!isAddress(box) || checksum !== undefined) return {};
  const needed = "a line with its checksum too, as it is published beside the image: BOX_CHECKSUM=sha256:…";
  return { box: problem(box, "is downloaded, and nothing says what must arrive", needed) };
}

function forImages(hint: string): Problem {
  return { message: `is for a cloud image in BOX (${hint}); allowed: no such line for another box.` };
}
