/**
 * Whether dist/ still is what the sources say. The build writes dist/stamp.json: size, time and
 * hash of every source file that went in. A check costs one `stat` per file; only a file whose
 * size or time differs is read, so that a copied checkout is not taken for a changed one.
 */

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../settings/errors";

/** Size in bytes, time of last change in milliseconds, SHA-256 of the contents. */
type FileStamp = readonly [size: number, mtimeMs: number, hash: string];

/** The contents of dist/stamp.json: file, relative to the checkout, to its stamp. */
type BuildStamp = Readonly<Record<string, FileStamp>>;

/** The stamp's own name among the sources, for a build that left none. */
const stampFile = "dist/stamp.json";

/** The stamp of these files as they are now. `sources` are relative to `root`. */
export function createStamp(root: string, sources: readonly string[]): BuildStamp {
  return Object.fromEntries(sources.map((source) => [source, stampOf(join(root, source))]));
}

function stampOf(file: string): FileStamp {
  const { size, mtimeMs } = statSync(file);
  return [size, mtimeMs, hashFile(file)];
}

/** Loads the module only when a file must be read: it costs as much as the rest of the check. */
function hashFile(file: string): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/**
 * The first source file that differs from what dist/ was built from, `dist/stamp.json` when there is
 * no complete build, or undefined when dist/ is current.
 *
 * @param dist the absolute path of dist/
 */
export function findStaleSource(dist: string): string | undefined {
  const stamp = readStamp(dist);
  if (stamp === undefined) return stampFile;
  return Object.keys(stamp).find((source) => !isUnchanged(join(dist, "..", source), stamp[source]));
}

function readStamp(dist: string): BuildStamp | undefined {
  try {
    return JSON.parse(readFileSync(join(dist, "..", stampFile), "utf8")) as BuildStamp;
  } catch {
    return undefined;
  }
}

function isUnchanged(file: string, stamp: FileStamp | undefined): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined || stamp === undefined) return false;
  const [size, mtimeMs, hash] = stamp;
  if (found.size !== size) return false;
  return found.mtimeMs === mtimeMs || hashFile(file) === hash;
}

/**
 * Refuses to go on with a dist/ that is older than its sources.
 *
 * @param dist the absolute path of dist/; `__dirname` of a built program
 * @throws ENGINE_FAILED naming the file that changed and the command that rebuilds
 */
export function assertBuildIsCurrent(dist: string): void {
  const stale = findStaleSource(dist);
  if (stale === undefined) return;
  const message =
    stale === stampFile
      ? "There is no complete build."
      : `The built program is older than its sources: ${stale} changed.`;
  throw new GroundworkError("ENGINE_FAILED", message, {
    details: { file: stale },
    suggestion: `Run \`make build\` in ${join(dist, "..")}.`,
  });
}
