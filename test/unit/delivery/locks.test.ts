/** Who holds a lock, and whether that run still goes on. Real files and processes; GitHub is played. */

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { DeliveryContext } from "../../../delivery/context";
import type { JobState } from "../../../delivery/locks/job-state";
import { locksOf, type LockPlaces, type StackLock } from "../../../delivery/locks/locks";
import { readNotes, withNote } from "../../../delivery/locks/notes";
import { describeHoldings, refuseLiving, removeLocks } from "../../../delivery/locks/unlock";
import { backendStorage, storageOf } from "../../../delivery/storage/storage";
import { parseBackend } from "../../../engine/backend";
import { refusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";

const state = useTemporaryFolder();
const started: ChildProcess[] = [];
let places: LockPlaces;

beforeEach(() => {
  const url = `file://${state()}`;
  const workspace = { directory: state(), stack: "prod", variables: { PULUMI_BACKEND_URL: url } };
  places = { workspace, backend: backendStorage(parseBackend(url)), storage: storageOf(workspace) };
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

const folder = () => join(state(), ".pulumi", "locks", "organization", "groundwork", "prod");
const job = (runId: string) => {
  const runUrl = `https://github.com/example/infra/actions/runs/${runId}`;
  return { repository: "example/infra", runId, runUrl, attempt: "1", runner: "GitHub Actions 1" };
};
const atTen = "2026-11-30T10:00:00Z";

/** A lock, as the engine writes it; returns its file. */
function lock(holder: { readonly pid: number; readonly hostname: string }): string {
  mkdirSync(folder(), { recursive: true });
  const file = join(folder(), `${holder.pid}.json`);
  writeFileSync(file, JSON.stringify({ ...holder, username: "ada", timestamp: atTen }));
  return file;
}

const onRunner = () => lock({ pid: 42, hostname: "runner-1" });

/** The note of a run on another host, which began at this time of the lock's day. */
async function note(runId: string, time = "09:59:00", host = "runner-1"): Promise<void> {
  const facts = { stack: "prod", actor: "ada", commit: "abc", host, hostId: "another" };
  const text = JSON.stringify({ ...facts, since: `2026-11-30T${time}Z`, job: job(runId) });
  await places.storage.write(`locks/prod/${runId}.json`, text);
}

/** What is found, where GitHub says this of each run. */
const found = (states: Readonly<Record<string, JobState>> = {}): Promise<readonly StackLock[]> =>
  locksOf(places, ({ runId }) => Promise.resolve(states[runId] ?? "unknown"));

async function startEngine(): Promise<number> {
  const program = join(state(), "pulumi");
  copyFileSync("/bin/sleep", program);
  const child = spawn(program, ["60"]);
  started.push(child);
  await once(child, "spawn");
  return child.pid!;
}

/** The cells of a row of a table in Markdown. */
function cellsOf(row: string): string[] {
  return row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const pidOfTheDead = (): number => spawnSync("true").pid;

test("a stack that nobody works on has no locks", async () => {
  expect(await found()).toEqual([]);
});

test("a lock tells who holds it, where and since when", async () => {
  onRunner();
  expect(await found()).toMatchObject([
    { holder: { username: "ada", hostname: "runner-1", pid: 42, timestamp: atTen } },
  ]);
});

test("the holder is alive while its engine runs on this host", async () => {
  const pid = await startEngine();
  lock({ pid, hostname: hostname() });
  expect(await found()).toMatchObject([{ verdict: { state: "alive", why: `it runs on this host with pid ${pid}` } }]);
});

test("the holder is gone when this host runs no engine with its pid", async () => {
  lock({ pid: pidOfTheDead(), hostname: hostname() });
  expect(await found()).toMatchObject([{ verdict: { state: "gone" } }]);
});

test("of another host that left no note nobody can tell, and the advice says whom to ask", async () => {
  onRunner();
  expect(await found()).toMatchObject([
    { verdict: { state: "unknown", advice: expect.stringContaining("Ask ada") as string } },
  ]);
});

test.each([
  ["completed", "gone"],
  ["running", "alive"],
  ["unknown", "unknown"],
] as const)("when GitHub says that the noted job is %s, the holder is %s", async (jobState, verdict) => {
  onRunner();
  await note("7");
  expect(await found({ "7": jobState })).toMatchObject([{ verdict: { state: verdict } }]);
});

test("of two runs that may be the holder's, one that goes on keeps the lock", async () => {
  onRunner();
  await note("7");
  await note("8");
  expect(await found({ "7": "running", "8": "completed" })).toMatchObject([{ verdict: { state: "alive" } }]);
});

test("a run that began after the lock was taken, or on another host, says nothing of its holder", async () => {
  onRunner();
  await note("7", "10:00:01");
  await note("8", "09:59:00", "runner-2");
  expect(await found({ "7": "completed", "8": "completed" })).toMatchObject([{ verdict: { state: "unknown" } }]);
});

test("another machine with this host's name is not taken for this host", async () => {
  lock({ pid: pidOfTheDead(), hostname: hostname() });
  await note("7", "09:59:00", hostname());
  expect(await found({ "7": "unknown" })).toMatchObject([{ verdict: { state: "unknown" } }]);
});

test("a file that is no lock is shown, and nobody is said to be gone", async () => {
  mkdirSync(folder(), { recursive: true });
  writeFileSync(join(folder(), "broken.json"), "{");
  expect(await found()).toMatchObject([{ verdict: { state: "unknown" } }]);
});

test("the table shows holder, time, run and verdict", async () => {
  onRunner();
  await note("7");
  const [head, , row] = describeHoldings("prod", await found({ "7": "completed" }))
    .split("\n")
    .map(cellsOf);
  expect([head, row]).toEqual([
    ["What", "User", "Host", "Pid", "Since", "Run", "Holder"],
    ["engine's lock", "ada", "runner-1", "42", atTen, job("7").runUrl, `gone: its job has ended: ${job("7").runUrl}`],
  ]);
});

test("a living holder is refused, with what to do", async () => {
  onRunner();
  await note("7");
  const locks = await found({ "7": "running" });
  expect(refusalOf(() => refuseLiving("prod", locks))).toMatchObject({
    code: "LOCKED",
    message: "The stack prod is locked, and nothing was removed",
    suggestion: `Wait for it to end, or cancel it: ${job("7").runUrl}`,
  });
});

test("a removed lock goes with the engine's attributes of it and the notes on its runs", async () => {
  const file = onRunner();
  writeFileSync(`${file}.attrs`, "{}");
  await note("7");
  const locks = await found({ "7": "completed" });
  refuseLiving("prod", locks);
  await removeLocks(places, locks);
  expect([existsSync(file), existsSync(`${file}.attrs`), await readNotes(places.storage, "prod")]).toEqual([
    ...[false, false],
    [],
  ]);
});

describe("a run that takes the lock", () => {
  const context = (): DeliveryContext => ({
    ...places,
    say: () => undefined,
    show: () => undefined,
    output: () => undefined,
    run: { commit: "abc", actor: "ada", ...job("7") },
    signal: new AbortController().signal,
  });

  test("is noted while it goes on, with its job and its host, and not afterwards", async () => {
    const during = await withNote(context(), () => readNotes(places.storage, "prod"));
    expect(during.map((one) => one.note)).toEqual([
      {
        stack: "prod",
        actor: "ada",
        commit: "abc",
        host: hostname(),
        job: job("7"),
        hostId: expect.any(String) as string,
        since: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      },
    ]);
    expect(await readNotes(places.storage, "prod")).toEqual([]);
  });

  test("is not noted any more when it has failed", async () => {
    await expect(withNote(context(), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await readNotes(places.storage, "prod")).toEqual([]);
  });
});
