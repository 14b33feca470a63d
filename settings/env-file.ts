/** The one effect of the settings: reading an `.env` from the disk, without waiting and within a limit. */

import { closeSync, constants, existsSync, fstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { GroundworkError } from "./errors";

/** An `.env` is ten lines; what is larger is another file under its name. */
const largestBytes = 256 * 1024;

const reasons: ReadonlyMap<string, string> = new Map([
  ["EACCES", "you may not read it; give yourself the right with `chmod u+r`"],
  ["EPERM", "you may not read it"],
  ["EISDIR", "it is a directory, not a file"],
  ["ELOOP", "its symbolic links lead in a circle"],
  ["ENAMETOOLONG", "its name is too long for this file system"],
  ["ENXIO", "it is a socket, a pipe or a device, not a file"],
]);

/**
 * The text of an `.env`.
 *
 * @param path absolute
 * @throws GroundworkError CONFIG_MISSING where there is no such file; CONFIG_INVALID where it cannot be
 *   read, is no regular file, is larger than 256 KiB or is not UTF-8
 */
export function readEnvFile(path: string): string {
  const bytes = orRefuse(path, () => readBytes(path));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, "it is not text in UTF-8", cause);
  }
}

/**
 * The directory's path without symbolic links, so that one project has one name.
 *
 * @throws GroundworkError CONFIG_MISSING where there is no such directory
 */
export function realDirectory(directory: string): string {
  return orRefuse(directory, () => realpathSync(directory));
}

/** Whether something is at this path of the host. */
export function pathExists(path: string): boolean {
  return existsSync(path);
}

/** Whether nobody but its owner may read or write this file, as OpenSSH asks of a private key. */
export function isPrivate(path: string): boolean {
  return (statSync(path).mode & 0o077) === 0;
}

function readBytes(path: string): Buffer {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw unreadable(path, "it is a directory, not a file");
    if (!status.isFile()) throw unreadable(path, "it is a pipe or a device, not a file");
    return readWithinLimit(path, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readWithinLimit(path: string, descriptor: number): Buffer {
  const buffer = Buffer.alloc(largestBytes + 1);
  let length = 0;
  for (let count = -1; count !== 0 && length < buffer.length; length += count) {
    count = readSync(descriptor, buffer, length, buffer.length - length, null);
  }
  if (length > largestBytes) {
    throw unreadable(path, "it is larger than 256 KiB, so it is not a settings file");
  }
  return buffer.subarray(0, length);
}

function orRefuse<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof GroundworkError) throw cause;
    const { code = "unknown error" } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") throw missing(path, cause);
    throw unreadable(path, reasons.get(code) ?? `the system says ${code}`, cause);
  }
}

function missing(path: string, cause: unknown): GroundworkError {
  return new GroundworkError("CONFIG_MISSING", `${path} does not exist.`, { details: { path }, cause });
}

function unreadable(path: string, reason: string, cause?: unknown): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", `${path} cannot be read: ${reason}.`, {
    details: { path },
    suggestion: "Put a text file of KEY=value lines there, or run `vagrantp init` in an empty directory to see one.",
    cause,
  });
}
