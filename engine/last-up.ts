/** What the last successful `up` of a project left, so that an unchanged one need not start the engine. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "../host/home";

/** Digests of what was ordered and of what was real afterwards. */
export interface LastUp {
  readonly order: string;
  readonly real: string;
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

/** Forgets the record: the next `up` starts the engine. */
export function forgetLastUp(home: Home, stack: string): void {
  rmSync(recordFile(home, stack), { force: true });
}

function recordFile(home: Home, stack: string): string {
  return join(home.projectsDirectory, stack, "last-up.json");
}
