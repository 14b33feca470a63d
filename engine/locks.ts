/** The engine's own lock of a stack in a file backend, and what a killed engine leaves of it. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { programOf } from "../host/processes";
import { turnTaken } from "../host/turns";
import type { Workspace } from "./workspace";

/**
 * What a lock file says of its holder; written by Pulumi 3.259 and later as
 * `.pulumi/locks/organization/<project>/<stack>/<uuid>.json`.
 */
interface LockHolder {
  readonly pid: number;
  readonly hostname: string;
}

/** A lock file. */
export interface Lock {
  readonly file: string;
  /** Undefined where the file does not tell. */
  readonly holder: LockHolder | undefined;
}

/**
 * Takes away the locks of engines on this host that are no longer there: the engine's locks never
 * expire. A lock of a living process, or of another host, stays.
 *
 * @returns the locks that stay
 */
export function clearStaleLocks(workspace: Workspace): readonly Lock[] {
  const locks = locksOf(workspace);
  const gone = new Set(locks.filter(isGone));
  for (const { file } of gone) {
    // The engine's file store keeps a file's attributes beside it.
    for (const path of [file, `${file}.attrs`]) rmSync(path, { force: true });
  }
  return locks.filter((lock) => !gone.has(lock));
}

/**
 * Refuses a stack that a running engine of this host has locked; stale locks are cleared first.
 *
 * @throws LOCKED, see `turnTaken`
 */
export function refuseLocked(workspace: Workspace): void {
  const held = clearStaleLocks(workspace).find(({ holder }) => holder?.hostname === hostname());
  if (held?.holder !== undefined) {
    throw turnTaken(`The stack ${workspace.stack}`, { pid: held.holder.pid, command: "an engine that still runs" });
  }
}

/** Whether any engine, of whatever host, has the stack locked. */
export function isLocked(workspace: Workspace): boolean {
  return locksOf(workspace).length > 0;
}

/** A pid that another program has by now is gone too. */
function isGone({ holder }: Lock): boolean {
  return holder !== undefined && holder.hostname === hostname() && programOf(holder.pid) !== "pulumi";
}

function locksOf({ variables, stack }: Workspace): Lock[] {
  const backend = variables["PULUMI_BACKEND_URL"];
  if (backend?.startsWith("file://") !== true) return [];
  const folder = join(fileURLToPath(backend), ".pulumi", "locks", "organization", "groundwork", stack);
  return lockFiles(folder).map((name) => ({ file: join(folder, name), holder: readHolder(join(folder, name)) }));
}

function lockFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}

/** Undefined for a file that is not a lock, or that is gone by now. */
function readHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockHolder;
  } catch {
    return undefined;
  }
}
