/** Re-applies the commit of a checkpoint on the state as it is now: a way forward that looks like a way back. */

import { dirname, join } from "node:path";
import { messageOf } from "../../settings/errors";
import { applyPlan, savePlan } from "../../engine/operations";
import type { Workspace } from "../../engine/workspace";
import type { ClusterAccess } from "../../host/kubectl";
import { bringBack } from "../argocd/bring-back";
import { recorder, type Recorder } from "../audit/recorder";
import { flushAndTell } from "../audit/report";
import { changeText, driftText } from "../changes/change-text";
import { changesReader, type Changes } from "../changes/changes";
import { code } from "../changes/markdown";
import type { DeliveryContext } from "../context";
import { withNote } from "../locks/notes";
import { countsText } from "../plan/summary";
import { verifyApplied } from "../plan/verification";
import { readCheckpoint, readSynced, takeCheckpoint, type Checkpoint } from "./checkpoint";
import { atCommit } from "./commit-checkout";
import { clusterOf } from "./platform";

/**
 * Shows what the commit of a checkpoint would change, and changes that when it is agreed, and nothing else. The state is kept
 * before, and what is real is looked at after; of a platform, ArgoCD's applications come back then.
 *
 * @throws INFRA_NOT_FOUND for a checkpoint or a commit that there is not, or the error of what failed
 */
export async function rollBack(context: DeliveryContext, number: number, isAgreed: boolean): Promise<void> {
  const checkpoint = await readCheckpoint(context.storage, context.workspace.stack, number);
  await atCommit(context, checkpoint.commit, async (workspace) => {
    const plan = join(dirname(workspace.directory), "plan.json");
    const changes = await planAt(workspace, plan, context);
    context.show(previewText(changes, checkpoint));
    if (!isAgreed) {
      context.show("Nothing was changed. Run the same command with `--yes` to do it.");
      return;
    }
    await audited(context, checkpoint, (audit) => applyAt({ ...context, workspace }, plan, checkpoint, audit));
  });
}

async function planAt(workspace: Workspace, file: string, { signal }: DeliveryContext): Promise<Changes> {
  const reader = changesReader();
  await savePlan(workspace, file, { onEvent: (event) => reader.read(event), signal });
  return reader.result();
}

function previewText(changes: Changes, { stack, number, commit, at }: Checkpoint): string {
  return [
    `## Rollback of ${code(stack)} to checkpoint ${number}`,
    `Commit ${code(commit.slice(0, 12))}, which was there at ${at}, on the state as it is now: ${countsText(changes)}`,
    ...changes.resources.map((change) => changeText(change).full()),
    ...(changes.drift.length === 0 ? [] : ["Not as promised now:", driftText(changes.drift)]),
  ].join("\n\n");
}

/** With its beginning and its end in the audit, however it ends. */
async function audited(
  context: DeliveryContext,
  { number, commit }: Checkpoint,
  run: (audit: Recorder) => Promise<void>,
): Promise<void> {
  const audit = recorder(context);
  const entry = { source: "delivery", action: "rollback", resource: `Checkpoint/${number}`, commit } as const;
  await audit.record({ ...entry, outcome: "began" });
  try {
    await run(audit);
    await audit.record({ ...entry, outcome: "succeeded" });
  } catch (error) {
    const message = messageOf(error);
    await audit.record({ ...entry, outcome: "failed", message });
    throw error;
  } finally {
    // What cannot be kept or sent must not hide how the run ended.
    await flushAndTell(audit, context).catch((error: unknown) => {
      context.say(`The audit could not be kept: ${messageOf(error)}`);
    });
  }
}

/** @param context with the workspace of the checkpoint's commit */
async function applyAt(
  context: DeliveryContext,
  plan: string,
  checkpoint: Checkpoint,
  { observe }: Recorder,
): Promise<void> {
  const { workspace, signal } = context;
  const { number } = await takeCheckpoint(context, { reason: "before-rollback" });
  context.say(`Checkpoint ${number} holds the state before the rollback.`);
  await withNote(context, () => applyPlan(workspace, plan, { onEvent: observe, signal }));
  context.show(`Commit ${code(checkpoint.commit.slice(0, 12))} is applied to ${code(workspace.stack)} again.`);
  const cluster = await clusterOf(workspace);
  if (cluster === undefined) context.show(await verifyApplied(context));
  else await bringApplicationsBack(cluster, context, checkpoint);
}

/** To what each was synced with when the checkpoint was taken; each is waited for until it is healthy. */
async function bringApplicationsBack(
  cluster: ClusterAccess,
  { storage, run, signal, ...context }: DeliveryContext,
  checkpoint: Checkpoint,
): Promise<void> {
  const left = await bringBack(cluster, await readSynced(storage, checkpoint), {
    ...{ actor: run.actor, signal },
    reason: `rollback of ${checkpoint.stack} to checkpoint ${checkpoint.number}`,
    say: (line) => context.say(line),
  });
  context.show(["The applications of its environments are back.", ...left.map((one) => `- ${one}`)].join("\n"));
}
