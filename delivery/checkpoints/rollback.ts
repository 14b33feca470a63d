/** Re-applies the commit of a checkpoint on the state as it is now: a way forward that looks like a way back. */

import { dirname, join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { textOf } from "../../settings/errors";
import { applyPlan, savePlan } from "../../engine/operations";
import type { ClusterAccess } from "../../host/kubectl";
import { bringBack } from "../argocd/bring-back";
import { audited, type AuditedAct } from "../audit/audited";
import { recorder, type Recorder } from "../audit/recorder";
import { flushAtEnd } from "../audit/report";
import { changeText, driftText } from "../changes/change-text";
import { changesReader, type Changes } from "../changes/changes";
import { code } from "../changes/markdown";
import type { DeliveryContext } from "../context";
import { lockedRun } from "../locks/locked-run";
import { countsText } from "../plan/summary";
import { inTurnOfApplies } from "../plan/turn";
import { verifyApplied } from "../plan/verification";
import type { PolicyName } from "../policies/policy";
import { judgeRollback, refuseViolations, stepCollector, type PolicyReport } from "../policies/report";
import { readCheckpoint, readSynced, takeCheckpoint, type Checkpoint } from "./checkpoint";
import { atCommit } from "./commit-checkout";
import { clusterOf } from "./platform";

/** What the user has said besides the number. */
export interface RollbackOptions {
  /** Do it, and do not only show it. */
  readonly isAgreed: boolean;
  /** The policies against which it may go. */
  readonly allowed: readonly PolicyName[];
}

/**
 * Shows what the commit of a checkpoint would change, and changes that when it is agreed, and nothing else. It is held against
 * the policies, and takes the turn of applies. The state is kept before, and what is real is looked at after; of a platform,
 * ArgoCD's applications come back then.
 *
 * @throws INFRA_NOT_FOUND for a checkpoint or a commit that there is not, POLICY_VIOLATED for what no policy lets pass, LOCKED
 *   when another run has the turn, or the error of what failed
 */
export async function rollBack(
  context: DeliveryContext,
  number: number,
  { isAgreed, allowed }: RollbackOptions,
): Promise<void> {
  const checkpoint = await readCheckpoint(context.storage, context.workspace.stack, number);
  if (isAgreed) return rollBackInTurn(context, checkpoint, allowed);
  await atCommit(context, checkpoint.commit, async (workspace) => {
    const { report } = await planAndShow({ ...context, workspace }, checkpoint, allowed);
    refuseViolations(checkpoint.stack, report);
    context.show("Nothing was changed. Run the same command with `--yes` to do it.");
  });
}

/** The turn is taken first: an apply that began while the commit is built would change what the plan is made from. */
async function rollBackInTurn(
  context: DeliveryContext,
  checkpoint: Checkpoint,
  allowed: readonly PolicyName[],
): Promise<void> {
  const audit = recorder(context);
  const { number, commit } = checkpoint;
  const purpose = { action: "rollback", resource: `Checkpoint/${number}`, commit } as const;
  const act = { source: "delivery", ...purpose } as const;
  const passed = allowed.length === 0 ? undefined : `policies that let it pass: ${allowed.join(", ")}`;
  try {
    await inTurnOfApplies(context, audit, purpose, () =>
      atCommit(context, commit, async (workspace) => {
        const there = { ...context, workspace };
        const { file, report } = await planAndShow(there, checkpoint, allowed);
        await refuseAudited(audit, act, checkpoint.stack, report);
        await audited(audit, act, () => applyAt(there, file, checkpoint, audit), passed);
      }),
    );
  } finally {
    await flushAtEnd(audit, context);
  }
}

async function refuseAudited(audit: Recorder, act: AuditedAct, stack: string, report: PolicyReport): Promise<void> {
  try {
    refuseViolations(stack, report);
  } catch (error) {
    await audit.record({ ...act, outcome: "refused", message: textOf(error) });
    throw error;
  }
}

/** @param context with the workspace of the checkpoint's commit */
async function planAndShow(
  { workspace, signal, ...context }: DeliveryContext,
  checkpoint: Checkpoint,
  allowed: readonly PolicyName[],
): Promise<{ readonly file: string; readonly report: PolicyReport }> {
  const file = join(dirname(workspace.directory), "plan.json");
  const [changes, steps] = [changesReader(), stepCollector()];
  const onEvent = (event: EngineEvent): void => {
    changes.read(event);
    steps.read(event);
  };
  await savePlan(workspace, file, { onEvent, signal });
  const report = await judgeRollback(workspace, steps.steps(), allowed, signal);
  context.show(previewText(changes.result(), checkpoint, report));
  return { file, report };
}

function previewText(changes: Changes, { stack, number, commit, at }: Checkpoint, { markdown }: PolicyReport): string {
  return [
    `## Rollback of ${code(stack)} to checkpoint ${number}`,
    `Commit ${code(commit.slice(0, 12))}, which was there at ${at}, on the state as it is now: ${countsText(changes)}`,
    ...changes.resources.map((change) => changeText(change).full()),
    ...(changes.drift.length === 0 ? [] : ["Not as promised now:", driftText(changes.drift)]),
    ...(markdown === "" ? [] : [markdown]),
  ].join("\n\n");
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
  const onWait = (error: Error): void => context.say(error.message);
  await lockedRun(context, () => applyPlan(workspace, plan, { onEvent: observe, signal, onWait }));
  context.show(`Commit ${code(checkpoint.commit.slice(0, 12))} is applied to ${code(workspace.stack)} again.`);
  const cluster = await clusterOf(workspace);
  if (cluster === undefined) await verifyApplied(context);
  else await bringApplicationsBack(cluster, context, checkpoint);
}

/** To what each was synced with when the checkpoint was taken; each is waited for until it is healthy. */
async function bringApplicationsBack(
  cluster: ClusterAccess,
  { storage, run, signal, ...context }: DeliveryContext,
  checkpoint: Checkpoint,
): Promise<void> {
  const left = await bringBack(cluster, await readSynced(storage, checkpoint), {
    actor: run.actor,
    signal,
    reason: `rollback of ${checkpoint.stack} to checkpoint ${checkpoint.number}`,
    say: (line) => context.say(line),
  });
  context.show(["The applications of its environments are back.", ...left.map((one) => `- ${one}`)].join("\n"));
}
