/**
 * One run at a time applies to a stack. The engine's lock begins too late: between looking whether a plan still fits the state
 * and the engine's start another run could change it.
 */

import * as z from "zod";
import { groundworkHome } from "../../host/home";
import { hostId } from "../../host/identity";
import { isRunning, thisProcess } from "../../host/processes";
import { GroundworkError } from "../../settings/errors";
import type { Recorder } from "../audit/recorder";
import type { DeliveryContext } from "../context";
import { jobStateOf, type JobStateOf } from "../locks/job-state";
import { noteOf } from "../locks/notes";
import { lineOf, verdictOn, type Holding, type Verdict } from "../locks/verdict";
import { endApply } from "./plan-records";

/** What a run does in its turn, as the audit has it. */
export interface TurnPurpose {
  readonly action: "apply" | "rollback" | "import-state";
  readonly resource: string;
  /** What is applied. @default what is checked out */
  readonly commit?: string;
  /** The records of the plan that is applied; see `planKey`. @default it is of no plan that is recorded */
  readonly plan?: string | undefined;
}

/** What a run that has the turn says of itself: its note, its process, and what it does. */
const claimSchema = z.object({
  stack: z.string(),
  actor: z.string(),
  commit: z.string(),
  host: z.string(),
  hostId: z.string(),
  /** ISO 8601, in UTC. */
  since: z.string(),
  process: z.object({ pid: z.number(), started: z.string() }),
  job: z.record(z.enum(["repository", "runId", "runUrl", "attempt", "runner"]), z.string()).optional(),
  action: z.enum(["apply", "rollback", "import-state"]),
  resource: z.string(),
  plan: z.string().optional(),
});

type Claim = z.infer<typeof claimSchema>;

/** The turn that a run has, or has left. */
export interface Turn extends Holding {
  /** As it was read. */
  readonly text: string;
  /** @default the file does not tell */
  readonly claim?: Claim;
}

type Told = Pick<Recorder, "record">;

/**
 * Does the work while no other run that takes a turn can. One whose run is gone has its end noted, and its turn taken.
 *
 * @throws LOCKED when another run has the turn
 */
export async function inTurnOfApplies<T>(
  context: DeliveryContext,
  audit: Told,
  purpose: TurnPurpose,
  work: () => Promise<T>,
): Promise<T> {
  const { storage, workspace } = context;
  const key = keyOf(workspace.stack);
  const claim = JSON.stringify({ ...noteOf(context), ...purpose, process: thisProcess() } satisfies Claim);
  while (!(await storage.write(key, claim, { onlyIfAbsent: true }))) await clear(context, audit);
  try {
    return await work();
  } finally {
    // The next run sees that this one is gone.
    await storage.remove(key).catch(() => context.say(`${key} could not be removed.`));
  }
}

/** Who has the turn of a stack; undefined while nobody has. */
export async function readTurn(
  { storage, workspace }: Pick<DeliveryContext, "storage" | "workspace">,
  ask: JobStateOf = jobStateOf,
): Promise<Turn | undefined> {
  const key = keyOf(workspace.stack);
  const text = (await storage.read(key))?.toString();
  if (text === undefined) return undefined;
  const claim = parse(text);
  if (claim === undefined) return { what: "turn", key, text, runs: [], verdict: unreadable(key) };
  const { process, actor: username, host: hostname, since: timestamp, action } = claim;
  const holder = { pid: process.pid, username, hostname, timestamp };
  const verdict = await verdictOn({ holder, runs: [claim], here: foundHere(claim), byForce: byForce(key) }, ask);
  return { what: `turn (${action})`, key, text, claim, holder, runs: [claim], verdict };
}

/** Takes away the turn of a run that is gone, when its end is noted. Another run may have done so meanwhile. */
export async function endTurn(context: DeliveryContext, audit: Told, { key, text, claim }: Turn): Promise<void> {
  const { storage, run } = context;
  if (claim === undefined || (await storage.read(key))?.toString() !== text) return;
  const { actor, since, job, action, resource, commit, plan } = claim;
  context.say(`The ${action} by ${actor} that began at ${since} was cut off; it counts as interrupted.`);
  if (plan !== undefined) {
    const at = new Date().toISOString();
    await endApply(storage, plan, {
      outcome: "interrupted",
      at,
      actor: run.actor,
      ...(job && { runUrl: job.runUrl }),
    });
  }
  const message = `the run that began at ${since} was cut off`;
  await audit.record({ source: "delivery", action, resource, actor, commit, outcome: "failed", message });
  await storage.remove(key);
}

/** @throws LOCKED when the run that has the turn is not known to be gone */
async function clear(context: DeliveryContext, audit: Told): Promise<void> {
  const turn = await readTurn(context);
  if (turn === undefined) return;
  const { verdict } = turn;
  if (verdict.state === "gone") return endTurn(context, audit, turn);
  const message = `Another run changes the stack ${context.workspace.stack}, and nothing was changed: ${lineOf(turn)}.`;
  throw new GroundworkError("LOCKED", message, { suggestion: verdict.advice });
}

function keyOf(stack: string): string {
  return `applying/${stack}.json`;
}

function parse(text: string): Claim | undefined {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function foundHere(claim: Claim): "running" | "gone" | undefined {
  if (claim.hostId !== hostId(groundworkHome())) return undefined;
  return isRunning(claim.process) ? "running" : "gone";
}

function unreadable(key: string): Verdict {
  return { state: "unknown", why: "its file does not say who holds it", advice: byForce(key) };
}

function byForce(key: string): string {
  return `When you are sure that nobody works on the stack, remove groundwork/${key}, which is beside its state.`;
}
