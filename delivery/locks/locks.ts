/** The engine's locks of a stack: who holds each, and whether that run still goes on. */

import { isGoneHere, isOfThisHost, lockFolder, readLockHolder, type LockHolder } from "../../engine/locks";
import { groundworkHome } from "../../host/home";
import { hostId } from "../../host/identity";
import type { Workspace } from "../../engine/workspace";
import type { Storage } from "../storage/storage";
import type { JobStateOf } from "./job-state";
import { readNotes, type RunNote, type StoredNote } from "./notes";
import { verdictOn, type Holding, type Verdict } from "./verdict";

/** One lock of the engine's. */
export interface StackLock extends Holding {
  /** The keys of the notes on its runs. */
  readonly notes: readonly string[];
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
  const what = "engine's lock";
  if (holder === undefined) return { what, key, runs: [], notes: [], verdict: withoutHolder(key) };
  const stored = all.filter(({ note }) => mayHold(note, holder));
  const runs = stored.map(({ note }) => note);
  const verdict = await verdictOn({ holder, runs, here: foundHere(holder, runs), byForce }, jobStateOf);
  return { what, key, holder, runs, notes: stored.map((one) => one.key), verdict };
}

/** A run notes itself before its engine takes the lock; both times are of one clock. */
function mayHold(note: RunNote, { hostname, timestamp }: LockHolder): boolean {
  return note.host === hostname && Date.parse(note.since) <= Date.parse(timestamp);
}

/** The lock itself names its host alone; another one may have that name. */
function foundHere(holder: LockHolder, runs: readonly RunNote[]): "running" | "gone" | undefined {
  const own = hostId(groundworkHome());
  if (!isOfThisHost(holder) || runs.some((run) => run.hostId !== own)) return undefined;
  return isGoneHere(holder) ? "gone" : "running";
}

const byForce = "When you are sure that nobody works on the stack, `pulumi cancel` removes all its locks.";

function withoutHolder(key: string): Verdict {
  const advice = `See what is in ${key}. ${byForce}`;
  return { state: "unknown", why: "its file does not say who holds it", advice };
}
