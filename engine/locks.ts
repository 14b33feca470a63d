/** The engine's own lock of a stack, and what a killed engine leaves of it. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { programOf } from "../host/processes";
import { turnTaken } from "../host/turns";
import { stateFolder } from "./backend";
import type { Workspace } from "./workspace";

/** What a lock says of its holder; written by Pulumi 3.259 and later. */
export interface LockHolder {
  readonly pid: number;
  readonly hostname: string;
  readonly username: string;
  /** When it was taken, by the holder's clock: ISO 8601. */
  readonly timestamp: string;
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
  const held = clearStaleLocks(workspace).find(({ holder }) => holder !== undefined && isOfThisHost(holder));
  if (held?.holder !== undefined) {
    throw turnTaken(`The stack ${workspace.stack}`, { pid: held.holder.pid, command: "an engine that still runs" });
  }
}

/** Whether any engine, of whatever host, has the stack locked. */
export function isLocked(workspace: Workspace): boolean {
  return locksOf(workspace).length > 0;
}

/** Where a backend keeps the locks of a stack, each in a file of its own, `<uuid>.json`. */
export function lockFolder(stack: string): string {
  return `.pulumi/locks/organization/groundwork/${stack}`;
}

/** What a lock's file says; undefined for one that is not a lock. */
export function readLockHolder(text: string): LockHolder | undefined {
  try {
    return JSON.parse(text) as LockHolder;
  } catch {
    return undefined;
  }
}

/** Whether the holder was an engine of this host and runs no more. A pid that another program has by now is gone too. */
export function isGoneHere(holder: LockHolder): boolean {
  return isOfThisHost(holder) && programOf(holder.pid) !== "pulumi";
}

/** Whether the holder is, or was, a process of this host. */
export function isOfThisHost(holder: LockHolder): boolean {
  return holder.hostname === hostname();
}

function isGone({ holder }: Lock): boolean {
  return holder !== undefined && isGoneHere(holder);
}

function locksOf({ variables, stack }: Workspace): Lock[] {
  const state = stateFolder(variables);
  if (state === undefined) return [];
  const folder = join(state, lockFolder(stack));
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
    return readLockHolder(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
