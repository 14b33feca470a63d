import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { clearStaleLocks, refuseLocked } from "../../../engine/locks";
import type { Workspace } from "../../../engine/workspace";
import { useTemporaryFolder } from "../../support/temporary-folder";

const state = useTemporaryFolder();
let folder: string;
let workspace: Workspace;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = join(state(), ".pulumi", "locks", "organization", "groundwork", "web-1a2b3c");
  mkdirSync(folder, { recursive: true });
  workspace = { directory: state(), stack: "web-1a2b3c", variables: { PULUMI_BACKEND_URL: `file://${state()}` } };
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** A lock file of this holder; returns its path. */
function lock(holder: { readonly pid: number; readonly hostname: string }): string {
  const file = join(folder, `${holder.pid}.json`);
  writeFileSync(file, JSON.stringify({ ...holder, username: "dev", timestamp: "2026-01-01T00:00:00Z" }));
  return file;
}

/** A running program of this name; it ends with the test. */
async function startProgram(name: string): Promise<ChildProcess> {
  const file = join(state(), name);
  copyFileSync("/bin/sleep", file);
  const child = spawn(file, ["60"]);
  started.push(child);
  await once(child, "spawn");
  return child;
}

const pidOfTheDead = (): number => spawnSync("true").pid;

test("the lock of an engine that is gone is taken away, with the attributes that the engine keeps beside it", () => {
  const file = lock({ pid: pidOfTheDead(), hostname: hostname() });
  writeFileSync(`${file}.attrs`, "{}");
  clearStaleLocks(workspace);
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of a living engine stays, and refuses whoever wants to change the stack", async () => {
  const engine = await startProgram("pulumi");
  const file = lock({ pid: engine.pid!, hostname: hostname() });
  expect(() => refuseLocked(workspace)).toThrow(`is being changed by an engine that still runs (pid ${engine.pid})`);
  expect(existsSync(file)).toBe(true);
});

test("a lock whose pid another program has by now is taken away", async () => {
  const other = await startProgram("editor");
  const file = lock({ pid: other.pid!, hostname: hostname() });
  refuseLocked(workspace);
  expect(existsSync(file)).toBe(false);
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
