/**
 * One apply at a time. The engine's lock begins too late: between looking whether a plan still fits the state and the
 * engine's start another run could change it.
 */

import { hostname } from "node:os";
import * as z from "zod";
import { groundworkHome } from "../../host/home";
import { hostId } from "../../host/identity";
import { isRunning, thisProcess } from "../../host/processes";
import { GroundworkError } from "../../settings/errors";
import type { DeliveryContext } from "../context";
import { jobStateOf } from "../locks/job-state";
import { jobOf } from "../locks/notes";
import { endApply } from "./plan-records";

const claimSchema = z.object({
  /** The records of the plan that is applied; see `planKey`. */
  plan: z.string(),
  actor: z.string(),
  /** ISO 8601, in UTC. */
  since: z.string(),
  host: z.string(),
  hostId: z.string(),
  process: z.object({ pid: z.number(), started: z.string() }),
  job: z.record(z.enum(["repository", "runId", "runUrl", "attempt", "runner"]), z.string()).optional(),
});

type Claim = z.infer<typeof claimSchema>;

/**
 * Does the work while no other apply of the stack can. One whose run is gone has its end noted, and its turn taken.
 *
 * @param plan of `planKey`
 * @param onInterrupted told of an apply that was cut off
 * @throws LOCKED when another run has the turn
 */
export async function inTurnOfApplies<T>(
  context: DeliveryContext,
  plan: string,
  onInterrupted: (actor: string, since: string) => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  const { storage, workspace } = context;
  const key = `applying/${workspace.stack}.json`;
  const claim = JSON.stringify(claimOf(context, plan));
  while (!(await storage.write(key, claim, { onlyIfAbsent: true }))) await clear(context, key, onInterrupted);
  try {
    return await work();
  } finally {
    // The next run sees that this one is gone.
    await storage.remove(key).catch(() => context.say(`${key} could not be removed.`));
  }
}

/** Ends what a run left that is gone. @throws LOCKED when it is not known to be gone */
async function clear(
  context: DeliveryContext,
  key: string,
  onInterrupted: (actor: string, since: string) => Promise<void>,
): Promise<void> {
  const { storage, workspace, run } = context;
  const text = await storage.read(key);
  if (text === undefined) return;
  const claim = claimSchema.parse(JSON.parse(text.toString()));
  if (!(await isGone(claim))) throw turnTaken(workspace.stack, claim);
  const { actor, since, job } = claim;
  context.say(`An apply by ${actor} that began at ${since} was cut off; it counts as interrupted.`);
  const at = new Date().toISOString();
  await endApply(storage, claim.plan, {
    outcome: "interrupted",
    at,
    actor: run.actor,
    ...(job && { runUrl: job.runUrl }),
  });
  await onInterrupted(actor, since);
  await storage.remove(key);
}

/** A process of this host is looked for, a job of GitHub's asked about. What cannot be found out is not gone. */
async function isGone(claim: Claim): Promise<boolean> {
  if (claim.hostId === hostId(groundworkHome())) return !isRunning(claim.process);
  return claim.job !== undefined && (await jobStateOf(claim.job)) === "completed";
}

function claimOf({ run }: DeliveryContext, plan: string): Claim {
  const { actor } = run;
  const job = jobOf(run);
  return {
    ...{ plan, actor, since: new Date().toISOString() },
    ...{ host: hostname(), hostId: hostId(groundworkHome()), process: thisProcess() },
    ...(job && { job }),
  };
}

function turnTaken(stack: string, { actor, since, host, process: { pid }, job }: Claim): GroundworkError {
  const where = job === undefined ? `process ${pid} of ${host}` : job.runUrl;
  return new GroundworkError(
    "LOCKED",
    `A plan is being applied to the stack ${stack} by ${actor} since ${since}: ${where}.`,
    {
      suggestion: `Wait for it to end. If it is gone, run the same on ${host}, or with GITHUB_TOKEN set: who can see that it is gone goes on.`,
    },
  );
}
