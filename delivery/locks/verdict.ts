/** What became of who holds a lock or a turn: one rule for both. */

import type { LockHolder } from "../../engine/locks";
import type { JobStateOf } from "./job-state";
import type { JobNote, RunNote } from "./notes";

/** What became of a holder. */
export type Verdict =
  | { readonly state: "gone"; readonly why: string }
  /** @param advice what to do about it */
  | { readonly state: "alive" | "unknown"; readonly why: string; readonly advice: string };

/** Something that keeps others from changing a stack. */
export interface Holding {
  /** For people. */
  readonly what: string;
  /** In the store that keeps it. */
  readonly key: string;
  /** @default the file does not tell */
  readonly holder?: LockHolder;
  /** The runs that may be the holder. */
  readonly runs: readonly RunNote[];
  readonly verdict: Verdict;
}

/** What a verdict is made from. */
export interface Evidence {
  readonly holder: LockHolder;
  /** The runs that may be the holder. */
  readonly runs: readonly RunNote[];
  /** What this host says of the process. @default nothing: it is one of another host's */
  readonly here?: "running" | "gone" | undefined;
  /** What somebody can do who is sure that nobody works on the stack. */
  readonly byForce: string;
}

/** Of several runs that may be the holder each must have ended; what cannot be found out is not gone. */
export async function verdictOn(evidence: Evidence, jobStateOf: JobStateOf): Promise<Verdict> {
  const { holder, runs, here } = evidence;
  if (here === "running") return runsHere(holder);
  const noted = runs.flatMap(({ job }) => job ?? []);
  const jobs = await Promise.all(noted.map(async (job) => ({ job, state: await jobStateOf(job) })));
  const running = jobs.find(({ state }) => state === "running");
  // Also of this host: runners that are made from one image may have its name and its identity in common.
  if (running !== undefined) return jobGoesOn(running.job);
  if (here === "gone") return { state: "gone", why: `process ${holder.pid} runs no more on this host` };
  const unknown = jobs.find(({ state }) => state === "unknown");
  if (unknown !== undefined) return jobIsNotTold(unknown.job);
  const allAreJobs = jobs.length > 0 && jobs.length === runs.length;
  return allAreJobs ? jobsHaveEnded(noted) : ofAnotherHost(evidence);
}

/** One as one line. */
export function lineOf({ what, holder, verdict }: Holding): string {
  if (holder === undefined) return `${what}: ${verdict.why}`;
  const { username, hostname, pid, timestamp } = holder;
  return `${what}, held by ${username} on ${hostname} (pid ${pid}) since ${timestamp}; ${verdict.why}`;
}

function runsHere({ pid }: LockHolder): Verdict {
  const advice = `Wait for it to end; \`kill ${pid}\` asks it to stop.`;
  return { state: "alive", why: `it runs on this host with pid ${pid}`, advice };
}

function ofAnotherHost({ holder: { pid, hostname, username }, byForce }: Evidence): Verdict {
  const advice = `Ask ${username}, or run \`bin/delivery unlock\` on ${hostname}. ${byForce}`;
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
