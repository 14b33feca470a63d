/**
 * Notes on the runs that may have a stack locked. The engine's lock names a process and its host; of a runner that is gone
 * nobody can ask more. So a run leaves a note beside the state, by which others find out whether it still goes on.
 */

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { groundworkHome } from "../../host/home";
import { hostId } from "../../host/identity";
import type { DeliveryContext, RunFacts } from "../context";
import type { Storage } from "../storage/storage";

/** A run that takes the engine's lock. */
export interface RunNote {
  readonly stack: string;
  readonly actor: string;
  readonly commit: string;
  /** The host's name, as the engine's lock has it. */
  readonly host: string;
  /** The host's identity: names are used again. */
  readonly hostId: string;
  /** When the run began, before any lock of its own: ISO 8601, by the host's clock. */
  readonly since: string;
  /** Of the run in GitHub Actions. @default it runs elsewhere */
  readonly job?: JobNote | undefined;
}

/** A job of a run in GitHub Actions; see {@link RunFacts} for its parts. */
export type JobNote = Readonly<Record<"repository" | "runId" | "runUrl" | "attempt" | "runner", string>>;

/** A note and its key. */
export interface StoredNote {
  readonly key: string;
  readonly note: RunNote;
}

/**
 * Does something that takes the engine's lock, with a note beside it for as long as it takes.
 *
 * @throws what the work throws; what the store beside the state refuses, before the work begins
 */
export async function withNote<T>(context: DeliveryContext, work: () => Promise<T>): Promise<T> {
  const key = `${folderOf(context.workspace.stack)}${randomUUID()}.json`;
  await context.storage.write(key, JSON.stringify(noteOf(context)));
  try {
    return await work();
  } finally {
    // The work's own outcome counts: a note that stays says that this run has ended, as soon as someone asks.
    await context.storage.remove(key).catch(() => context.say(`The note ${key} could not be removed.`));
  }
}

/** What a run says of itself, as of now. */
export function noteOf({ workspace: { stack }, run }: Pick<DeliveryContext, "workspace" | "run">): RunNote {
  const { actor, commit } = run;
  const job = jobOf(run);
  return {
    stack,
    actor,
    commit,
    host: hostname(),
    hostId: hostId(groundworkHome()),
    since: new Date().toISOString(),
    ...(job && { job }),
  };
}

function jobOf({ repository, runId, runUrl, attempt, runner }: RunFacts): JobNote | undefined {
  return repository && runId && runUrl && attempt && runner
    ? { repository, runId, runUrl, attempt, runner }
    : undefined;
}

/** All notes on a stack. */
export async function readNotes(storage: Storage, stack: string): Promise<readonly StoredNote[]> {
  const keys = await storage.list(folderOf(stack));
  const texts = await Promise.all(keys.map(async (key) => ({ key, text: await storage.read(key) })));
  return texts.flatMap(({ key, text }) => {
    return text === undefined ? [] : [{ key, note: JSON.parse(text.toString()) as RunNote }];
  });
}

function folderOf(stack: string): string {
  return `locks/${stack}/`;
}
