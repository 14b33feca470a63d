/** Numbered checkpoints of a stack's state, beside the state itself. */

import * as z from "zod";
import { appliedCommit, exportState } from "../../engine/operations";
import { GroundworkError, messageOf } from "../../settings/errors";
import { syncedApplication, type SyncedApplication } from "../argocd/application";
import { listSynced } from "../argocd/bring-back";
import type { DeliveryContext } from "../context";
import { stateHash } from "../plan/state-hash";
import type { Storage } from "../storage/storage";
import { clusterOf } from "./platform";
import { expiredCheckpoints, lastKept } from "./retention";

const checkpointSchema = z.object({
  number: z.number(),
  /** In UTC: ISO 8601. */
  at: z.string(),
  stack: z.string(),
  /** The full hash of the commit that the state is of: that of the last update which succeeded. */
  commit: z.string(),
  /** Of the plan that was applied next. */
  planHash: z.string().optional(),
  stateHash: z.string(),
  /** Who approved what was applied next. */
  approvedBy: z.array(z.string()).readonly(),
  /** Who ran it. */
  actor: z.string(),
  reason: z.enum(["before-apply", "by-hand", "before-rollback"]),
});

/** A state of the stack that was kept, and why. */
export type Checkpoint = Readonly<z.output<typeof checkpointSchema>>;

/** What is told of a checkpoint besides what is known. */
export type CheckpointFacts = Pick<Checkpoint, "reason"> & Partial<Pick<Checkpoint, "planHash" | "approvedBy">>;

/**
 * Keeps the state as it is now under the next number, its secrets encrypted as they are. Then removes what is kept no
 * longer; see retention.ts.
 *
 * @returns what is kept. Whoever is killed before has kept nothing
 */
export async function takeCheckpoint(context: DeliveryContext, facts: CheckpointFacts): Promise<Checkpoint> {
  const { storage, workspace, run } = context;
  const state = await exportState(workspace);
  const known = {
    stack: workspace.stack,
    // Nothing was applied yet: there is nothing to go back to but what is checked out.
    commit: (await appliedCommit(workspace)) ?? run.commit,
    actor: run.actor,
  };
  return keepCheckpoint(storage, { state, synced: await syncedApplications(context) }, { ...known, ...facts });
}

/** What ArgoCD has synced in a platform. A cluster that does not answer keeps nobody from keeping the state. */
async function syncedApplications({ workspace, ...context }: DeliveryContext): Promise<readonly SyncedApplication[]> {
  try {
    const cluster = await clusterOf(workspace);
    return cluster === undefined ? [] : await listSynced(cluster);
  } catch (error) {
    const why = messageOf(error);
    context.say(`The checkpoint does not say what ArgoCD has synced: ${why}`);
    return [];
  }
}

/** What a checkpoint keeps. */
export interface CheckpointContent {
  /** As `pulumi stack export` printed it. */
  readonly state: string;
  /** What the applications of a platform's environments are synced with. @default none */
  readonly synced?: readonly SyncedApplication[];
}

/** Keeps a state; see {@link takeCheckpoint}. */
export async function keepCheckpoint(
  storage: Storage,
  { state, synced = [] }: CheckpointContent,
  facts: CheckpointFacts & Pick<Checkpoint, "stack" | "commit" | "actor">,
): Promise<Checkpoint> {
  const number = await claimNumber(storage, facts.stack, state);
  const at = new Date().toISOString();
  const checkpoint: Checkpoint = { number, at, stateHash: stateHash(state), approvedBy: [], ...facts };
  await storage.write(keysOf(facts.stack, number).synced, JSON.stringify(synced));
  await storage.write(keysOf(facts.stack, number).checkpoint, JSON.stringify(checkpoint));
  await prune(storage, facts.stack);
  return checkpoint;
}

/** The state's file takes the number: of two runs, the second one takes the next. It counts once its checkpoint is beside it. */
async function claimNumber(storage: Storage, stack: string, state: string): Promise<number> {
  for (;;) {
    const number = Math.max(0, ...(await takenNumbers(storage, stack))) + 1;
    if (await storage.write(keysOf(stack, number).state, state, { onlyIfAbsent: true })) return number;
  }
}

/** All checkpoints of a stack, the oldest first. */
export async function listCheckpoints(storage: Storage, stack: string): Promise<readonly Checkpoint[]> {
  const keys = (await storage.list(prefixOf(stack))).filter((key) => key.endsWith("/checkpoint.json"));
  const found = await Promise.all(keys.map((key) => storage.read(key)));
  return found.filter((content) => content !== undefined).map(parse);
}

/** One checkpoint. @throws INFRA_NOT_FOUND when there is none of that number */
export async function readCheckpoint(storage: Storage, stack: string, number: number): Promise<Checkpoint> {
  const content = await storage.read(keysOf(stack, number).checkpoint);
  if (content !== undefined) return parse(content);
  throw new GroundworkError("INFRA_NOT_FOUND", `The stack ${stack} has no checkpoint ${number}.`, {
    suggestion: `Run \`bin/delivery snapshot -s ${stack} --list\`: it shows those that there are.`,
  });
}

/** The state that a checkpoint kept, as `pulumi stack export` gave it. @throws INFRA_NOT_FOUND when it is not there */
export async function readCheckpointState(storage: Storage, { stack, number }: Checkpoint): Promise<string> {
  const state = await storage.read(keysOf(stack, number).state);
  if (state !== undefined) return state.toString();
  throw new GroundworkError("INFRA_NOT_FOUND", `The state of checkpoint ${number} of the stack ${stack} is missing.`, {
    suggestion: `Choose another one: \`bin/delivery snapshot -s ${stack} --list\` shows them.`,
  });
}

/** What the applications of a platform were synced with; none where that was not known. */
export async function readSynced(
  storage: Storage,
  { stack, number }: Checkpoint,
): Promise<readonly SyncedApplication[]> {
  const synced = await storage.read(keysOf(stack, number).synced);
  return synced === undefined ? [] : z.array(syncedApplication).parse(JSON.parse(synced.toString()));
}

/** Takes away the checkpoints that are kept no longer, and what runs left that were killed. */
async function prune(storage: Storage, stack: string): Promise<void> {
  const checkpoints = await listCheckpoints(storage, stack);
  const complete = new Set(checkpoints.map(({ number }) => number));
  const expired = expiredCheckpoints(checkpoints, new Date());
  // A newer one may be that of a run that is between its two files.
  const old = Math.max(...complete) - lastKept;
  const incomplete = (await takenNumbers(storage, stack)).filter((one) => !complete.has(one) && one < old);
  for (const number of [...expired, ...incomplete]) {
    const { checkpoint, synced, state } = keysOf(stack, number);
    for (const key of [checkpoint, synced, state]) await storage.remove(key);
  }
}

function prefixOf(stack: string): string {
  return `checkpoints/${stack}/`;
}

function keysOf(stack: string, number: number) {
  const folder = `${prefixOf(stack)}${String(number).padStart(6, "0")}`;
  return {
    checkpoint: `${folder}/checkpoint.json`,
    state: `${folder}/state.json`,
    synced: `${folder}/applications.json`,
  };
}

/** The numbers that are taken, also by what is not complete. */
async function takenNumbers(storage: Storage, stack: string): Promise<readonly number[]> {
  const keys = await storage.list(prefixOf(stack));
  return [...new Set(keys.map((key) => Number(key.slice(prefixOf(stack).length).split("/")[0])))];
}

function parse(content: Buffer): Checkpoint {
  return checkpointSchema.parse(JSON.parse(content.toString()));
}
