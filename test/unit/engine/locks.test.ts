import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { clearStaleLocks } from "../../../engine/locks";
import type { Workspace } from "../../../engine/workspace";

let state: string;
let folder: string;
let workspace: Workspace;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "groundwork-locks-"));
  folder = join(state, ".pulumi", "locks", "organization", "groundwork", "web-1a2b3c");
  mkdirSync(folder, { recursive: true });
  workspace = { directory: state, stack: "web-1a2b3c", variables: { PULUMI_BACKEND_URL: `file://${state}` } };
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** A lock file of this holder; returns its path. */
function lock(holder: { readonly pid: number; readonly hostname: string }): string {
  const file = join(folder, `${holder.pid}.json`);
  writeFileSync(file, JSON.stringify({ ...holder, username: "dev", timestamp: "2026-01-01T00:00:00Z" }));
  return file;
}

const pidOfTheDead = (): number => spawnSync("true").pid;

test("the lock of an engine that is gone is taken away", () => {
  const file = lock({ pid: pidOfTheDead(), hostname: hostname() });
  clearStaleLocks(workspace);
  expect(existsSync(file)).toBe(false);
});

test("the lock of a living engine stays", () => {
  const file = lock({ pid: process.pid, hostname: hostname() });
  clearStaleLocks(workspace);
  expect(existsSync(file)).toBe(true);
});

test("the lock of another host stays: nobody here can say whether its engine lives", () => {
  const file = lock({ pid: pidOfTheDead(), hostname: `not-${hostname()}` });
  clearStaleLocks(workspace);
  expect(existsSync(file)).toBe(true);
});

test("a file that is not a lock stays", () => {
  const file = join(folder, "notes.json");
  writeFileSync(file, "not JSON");
  clearStaleLocks(workspace);
  expect(existsSync(file)).toBe(true);
});

test("a stack that was never locked has nothing to clear", () => {
  rmSync(folder, { recursive: true });
  expect(() => clearStaleLocks(workspace)).not.toThrow();
});
