/** The file of a cloud image on this host: verified before it is used, and downloaded where it must be. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { isAddress, type Checksum, type CloudImage } from "../../settings/cloud-image";
import { GroundworkError } from "../../settings/errors";
import { claimPart, download, type DownloadOptions } from "./download";
import { headerBytes, readQcow2Header } from "./qcow2";

/** Where images are kept, and how a download is followed. */
export interface ImageOptions extends DownloadOptions {
  /** The folder for downloaded images; made when it is needed. What lies in it can be downloaded again. */
  readonly folder: string;
}

/** A cloud image that can be used. */
export interface ImageFile {
  readonly path: string;
  /** The digest of its content, SHA-256 unless the checksum that was given is another. */
  readonly checksum: Checksum;
  /** The size of the disk that it holds. */
  readonly virtualBytes: number;
}

/**
 * The image's file. A download is kept under its checksum, so that it is made once, whatever its address.
 *
 * @throws CONFIG_INVALID when there is no such image, its checksum is another or it is no qcow2 file;
 *   INSUFFICIENT_RESOURCES when the disk is full
 */
export async function findImage(image: CloudImage, options: ImageOptions): Promise<ImageFile> {
  const { source, checksum } = image;
  if (!isAddress(source)) return describe(source, await verified(source, image));
  if (checksum === undefined) throw new Error(`${source} came without a checksum`);
  const path = join(options.folder, `${checksum.algorithm}-${checksum.hex}.qcow2`);
  if (!(await exists(path))) await fetchVerified(image, path, options);
  return describe(path, checksum);
}

/** The file appears under its name complete and verified, or not at all. */
async function fetchVerified(image: CloudImage, path: string, options: ImageOptions): Promise<void> {
  await mkdir(options.folder, { recursive: true });
  const part = await claimPart(path);
  await download(image.source, part, options);
  try {
    await verified(part, image);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/** The digest of a file, which is the image's where that has one. */
async function verified(path: string, { source, checksum }: CloudImage): Promise<Checksum> {
  const algorithm = checksum?.algorithm ?? "sha256";
  const real = { algorithm, hex: await digest(path, algorithm, source) };
  if (checksum === undefined || real.hex === checksum.hex) return real;
  throw new GroundworkError(
    "CONFIG_INVALID",
    `${source} is not the image that BOX_CHECKSUM names: its ${algorithm} is ${real.hex}, not ${checksum.hex}.`,
    {
      details: { source, expected: checksum.hex, real: real.hex },
      suggestion:
        "Compare BOX_CHECKSUM with the sums that stand beside the image (SHA256SUMS, SHA512SUMS): an address with `latest` in it gets a new image now and then.",
    },
  );
}

async function digest(path: string, algorithm: string, source: string): Promise<string> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw unreadable(source, error);
  }
  return hash.digest("hex");
}

async function describe(path: string, checksum: Checksum): Promise<ImageFile> {
  const header = readQcow2Header(await firstBytes(path));
  if (header === undefined) throw unusable(path, "is not a qcow2 file");
  if (header.needsOtherFile) throw unusable(path, "is a part of an image: it names another file that it needs");
  return { path, checksum, virtualBytes: header.virtualBytes };
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function unusable(path: string, what: string): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", `The cloud image ${basename(path)} ${what}.`, {
    details: { path },
    suggestion: `\`qemu-img info ${path}\` says what it is; \`qemu-img convert -O qcow2\` makes a whole image of another.`,
  });
}

function unreadable(source: string, cause: unknown): GroundworkError {
  const { code = String(cause) } = cause as NodeJS.ErrnoException;
  const what = code === "ENOENT" ? "does not exist on this host" : `cannot be read (${code})`;
  return new GroundworkError("CONFIG_INVALID", `The cloud image ${source} ${what}.`, {
    cause,
    details: { path: source },
    suggestion: "Correct BOX: it names a qcow2 file by its path or its address.",
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
