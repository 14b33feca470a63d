/** The engine's own lock of a stack in a file backend, and what a killed engine leaves of it. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { identifyProcess } from "../host/processes";
import type { Workspace } from "./workspace";

/**
 * What a lock file says of its holder; written by Pulumi 3.259 and later as
 * `.pulumi/locks/organization/<project>/<stack>/<uuid>.json`.
 */
interface LockHolder {
  readonly pid: number;
  readonly hostname: string;
}

/**
 * Takes away the locks of engines on this host that are no longer there: the engine's locks never
 * expire. A lock of a living process, or of another host, stays.
 */
export function clearStaleLocks({ variables, stack }: Workspace): void {
  const backend = variables["PULUMI_BACKEND_URL"];
  if (backend?.startsWith("file://") !== true) return;
  const folder = join(fileURLToPath(backend), ".pulumi", "locks", "organization", "groundwork", stack);
  for (const name of lockFiles(folder)) {
    const holder = readHolder(join(folder, name));
    const isGone = holder?.hostname === hostname() && identifyProcess(holder.pid) === undefined;
    if (isGone) rmSync(join(folder, name), { force: true });
  }
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
