/** What the operating system refused, as errors that a user can act on. */

import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GroundworkError } from "../settings/errors";

/** The codes of errno(3) that stand for a disk, or a user's share of it, without room. */
const full: readonly string[] = ["ENOSPC", "EDQUOT"];
/** Those that stand for a place where this user may not write. */
const forbidden: readonly string[] = ["EACCES", "EPERM", "EROFS", "ENOTDIR"];
/** Those that stand for too many open files, of this process or of the host. */
const exhausted: readonly string[] = ["EMFILE", "ENFILE"];

/**
 * The error for a place that cannot be written: INSUFFICIENT_RESOURCES when the disk is full, else CONFIG_INVALID.
 *
 * @param path what was to be written
 */
export function unwritable(path: string, cause: unknown): GroundworkError {
  const { code = String(cause) } = cause as NodeJS.ErrnoException;
  const details = { path };
  if (full.includes(code)) return diskFull(path, cause);
  return new GroundworkError("CONFIG_INVALID", `Groundwork cannot write ${path} (${reasonOf(code)}).`, {
    cause,
    details,
    suggestion: "Make it writable, or set GROUNDWORK_HOME to a directory of yours on a local disk.",
  });
}

/** The error for a file of the home that this user may not read: it is another user's. */
export function unreadable(path: string, cause: unknown): GroundworkError {
  return new GroundworkError(
    "CONFIG_INVALID",
    `Groundwork may not read ${path}: it is another user's, or its mode forbids it.`,
    {
      cause,
      details: { path },
      suggestion: "Set GROUNDWORK_HOME to a directory of yours, then run `make setup`.",
    },
  );
}

/** Whether the disk of this file has no room left. */
export function isDiskFull(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0;
  } catch {
    return false;
  }
}

/** The error for a disk without room. */
export function diskFull(path: string, cause?: unknown): GroundworkError {
  return new GroundworkError("INSUFFICIENT_RESOURCES", `The disk is full: ${path} cannot be written.`, {
    cause,
    details: { path },
    suggestion: `Free some space on the disk of ${dirname(path)} (\`df -h\` shows it), then run the same command again.`,
  });
}

/**
 * What an error of a system call means, wherever it was thrown; undefined for any other error.
 *
 * @param root GROUNDWORK_HOME: where most is written, for calls that do not name their file
 */
export function explainSystemError(error: unknown, root: string): GroundworkError | undefined {
  const { code = "", path } = error as NodeJS.ErrnoException;
  if (full.includes(code)) return diskFull(path ?? root, error);
  if (forbidden.includes(code) && path !== undefined) return unwritable(path, error);
  if (!exhausted.includes(code)) return undefined;
  return new GroundworkError("ENGINE_FAILED", `Too many files are open (${code}).`, {
    cause: error,
    suggestion: "Raise the limit (`ulimit -n 1024`), then run the same command again.",
  });
}

/**
 * Refuses to start programs that need a folder for temporary files where there is none: the engine would only name it.
 *
 * @throws GroundworkError CONFIG_INVALID when TMPDIR names a folder that is not there or cannot be written
 */
export function requireTemporaryFolder(): void {
  const path = tmpdir();
  try {
    accessSync(join(path, "."), constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    const message = `The folder for temporary files, ${path}, cannot be written (${reasonOf(code)}).`;
    throw new GroundworkError("CONFIG_INVALID", message, {
      cause,
      details: { path },
      suggestion: "Set TMPDIR to a folder that exists and that you may write, then run the same command again.",
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "its file system is read-only",
  ENOTDIR: "a part of its path is a file",
  ENOENT: "it does not exist",
};

function reasonOf(code: string): string {
  const words = reasons[code];
  return words === undefined ? code : `${code}: ${words}`;
}
