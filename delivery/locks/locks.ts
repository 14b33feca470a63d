/** Who has a stack locked, and whether that run still goes on. */

import { isGoneHere, isOfThisHost, lockFolder, readLockHolder, type LockHolder } from "../../engine/locks";
import { groundworkHome } from "../../host/home";
import { hostId } from "../../host/identity";
import type { Workspace } from "../../engine/workspace";
import type { Storage } from "../storage/storage";
import type { JobStateOf } from "./job-state";
import { readNotes, type JobNote, type RunNote, type StoredNote } from "./notes";

/** What became of a lock's holder. */
export type Verdict =
  | { readonly state: "gone"; readonly why: string }
  /** @param advice what to do about it */
  | { readonly state: "alive" | "unknown"; readonly why: string; readonly advice: string };

/** One lock of the engine's. */
export interface StackLock {
  /** In the backend. */
  readonly key: string;
  /** @default the file does not tell */
  readonly holder?: LockHolder;
  /** Notes on runs that may be the holder's. */
  readonly notes: readonly StoredNote[];
  readonly verdict: Verdict;
}

/** Where locks and notes are. */
export interface LockPlaces {
  readonly workspace: Workspace;
  /** All that the backend keeps. */
  readonly backend: Storage;
  /** What delivery keeps beside the state. */
  readonly storage: Storage;
}

/** All locks of a stack, each with what became of its holder. */
export async function locksOf(places: LockPlaces, jobStateOf: JobStateOf): Promise<readonly StackLock[]> {
  const { backend, storage, workspace } = places;
  const keys = (await backend.list(`${lockFolder(workspace.stack)}/`)).filter((key) => key.endsWith(".json"));
  if (keys.length === 0) return [];
  const notes = await readNotes(storage, workspace.stack);
  const locks = await Promise.all(
    keys.map(async (key) => {
      const text = await backend.read(key);
      return text === undefined ? undefined : await judged(key, readLockHolder(text.toString()), notes, jobStateOf);
    }),
  );
  return locks.filter((lock) => lock !== undefined);
}

async function judged(
  key: string,
  holder: LockHolder | undefined,
  all: readonly StoredNote[],
  jobStateOf: JobStateOf,
): Promise<StackLock> {
  if (holder === undefined) return { key, notes: [], verdict: withoutHolder(key) };
  const notes = all.filter(({ note }) => mayHold(note, holder));
  return { key, holder, notes, verdict: await verdictOn(holder, notes, jobStateOf) };
}

/** A run notes itself before its engine takes the lock; both times are of one clock. */
function mayHold(note: RunNote, { hostname, timestamp }: LockHolder): boolean {
  return note.host === hostname && Date.parse(note.since) <= Date.parse(timestamp);
}

/** Of several runs that may be the holder's each must have ended. */
async function verdictOn(holder: LockHolder, stored: readonly StoredNote[], jobStateOf: JobStateOf): Promise<Verdict> {
  const notes = stored.map(({ note }) => note);
  const own = hostId(groundworkHome());
  const isHere = isOfThisHost(holder) && notes.every((note) => note.hostId === own);
  if (isHere && !isGoneHere(holder)) return runsHere(holder);
  const noted = notes.flatMap(({ job }) => job ?? []);
  const jobs = await Promise.all(noted.map(async (job) => ({ job, state: await jobStateOf(job) })));
  const running = jobs.find(({ state }) => state === "running");
  if (running !== undefined) return jobGoesOn(running.job);
  if (isHere) return { state: "gone", why: `no engine runs on this host with pid ${holder.pid}` };
  const unknown = jobs.find(({ state }) => state === "unknown");
  if (unknown !== undefined) return jobIsNotTold(unknown.job);
  const allAreJobs = jobs.length > 0 && jobs.length === notes.length;
  return allAreJobs ? jobsHaveEnded(noted) : ofAnotherHost(holder);
}

const forceAdvice = "When you are sure that nobody works on the stack, `pulumi cancel` removes all its locks.";

function withoutHolder(key: string): Verdict {
  const advice = `See what is in ${key}. ${forceAdvice}`;
  return { state: "unknown", why: "its file does not say who holds it", advice };
}

function runsHere({ pid }: LockHolder): Verdict {
  const advice = `Wait for it to end; \`kill ${pid}\` asks it to stop.`;
  return { state: "alive", why: `its engine runs on this host with pid ${pid}`, advice };
}

function ofAnotherHost({ pid, hostname, username }: LockHolder): Verdict {
  const advice = `Ask ${username}, or run \`bin/delivery unlock\` on ${hostname}. ${forceAdvice}`;
  return { state: "unknown", why: `from here nobody sees whether process ${pid} of ${hostname} runs`, advice };
}

function jobGoesOn({ runUrl }: JobNote): Verdict {
  return { state: "alive", why: `its job goes on: ${runUrl}`, advice: `Wait for it to end, or cancel it: ${runUrl}` };
}

function jobsHaveEnded(jobs: readonly JobNote[]): Verdict {
  return { state: "gone", why: `its job has ended: ${jobs.map(({ runUrl }) => runUrl).join(", ")}` };
}

function jobIsNotTold({ runUrl }: JobNote): Verdict {
  const advice = `Set GITHUB_TOKEN to a token that may read the repository's actions, or look there: ${runUrl}`;
  return { state: "unknown", why: `GitHub does not tell whether its job goes on: ${runUrl}`, advice };
}
