/** What the last successful `up` of a project left, so that an unchanged one need not start the engine. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../host/home";

/** What was ordered, and digests by which a run finds that nothing has changed since. */
export interface LastUp {
  /** The instance's spec, sealed (host/sealed.ts): `stop` goes by it, whatever the settings say by now. */
  readonly spec: string;
  /** Digest of what was ordered. @default the backend did not show it afterwards */
  readonly order?: string;
  /** Digest of what was real afterwards. @default as `order` */
  readonly real?: string;
}

/** Reads the record; undefined when there is none, or it cannot be read: the long way is always right. */
export function readLastUp(home: Home, stack: string): LastUp | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(home, stack), "utf8")) as LastUp;
  } catch {
    return undefined;
  }
}

/** Writes the record. */
export function writeLastUp(home: Home, stack: string, record: LastUp): void {
  writeFileSync(recordFile(home, stack), JSON.stringify(record), { mode: 0o600 });
}

/**
 * Lets nothing count as unchanged until the next successful `up`. Before anything is changed: the engine of a run that is
 * killed goes on without it, and what the next run sees then may be gone a moment later.
 */
export function forgetUnchanged(home: Home, stack: string): void {
  const record = readLastUp(home, stack);
  if (record?.order !== undefined) writeLastUp(home, stack, { spec: record.spec });
}

function recordFile(home: Home, stack: string): string {
  return join(home.projectsDirectory, stack, "last-up.json");
}
