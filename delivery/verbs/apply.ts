/** `bin/delivery apply`: does what an approved plan says, if it still holds, and sees whether it is there. */

import { InvalidArgumentError } from "commander";
import { applyPlan, exportState } from "../../engine/operations";
import { GroundworkError, textOf } from "../../settings/errors";
import { recorder, type Recorder } from "../audit/recorder";
import { flushAtEnd } from "../audit/report";
import { changesReader, type Changes } from "../changes/changes";
import { code } from "../changes/markdown";
import { takeCheckpoint, type Checkpoint } from "../checkpoints/checkpoint";
import type { DeliveryContext } from "../context";
import { approversOf } from "../github/approvals";
import { openRepository } from "../github/repository";
import { lockedRun } from "../locks/locked-run";
import { endApply, planKey, readPlanRecord, type ApplyEnd } from "../plan/plan-records";
import { programHash } from "../plan/program-hash";
import { planRefused, reasonsAgainst } from "../plan/refusals";
import { readSavedPlan, type SavedPlan } from "../plan/saved-plan";
import { stateHash } from "../plan/state-hash";
import { countsText } from "../plan/summary";
import { inTurnOfApplies } from "../plan/turn";
import { verifyApplied } from "../plan/verification";
import type { DeliveryVerb } from "./verb";

interface ApplyOptions {
  readonly plan: string;
  readonly maxAge: number;
}

/** The verb. */
export const apply: DeliveryVerb<ApplyOptions> = {
  name: "apply",
  summary: "do what a plan of `preview` says, if nothing has changed since, and see whether it is there",
  declare: (command) =>
    void command
      .requiredOption("--plan <directory>", "the folder that `preview --out` wrote")
      .option("--max-age <hours>", "how old the plan may be, from 1 to 168", hours, 24),
  async run(context, { plan: directory, maxAge }) {
    const plan = readSavedPlan(directory);
    const audit = recorder(context);
    try {
      await applyInTurn(context, audit, plan, maxAge);
    } finally {
      await flushAtEnd(audit, context);
    }
    return 0;
  },
};

function hours(given: string): number {
  const number = Number(given);
  if (/^\d{1,3}$/.test(given) && number >= 1 && number <= 168) return number;
  throw new InvalidArgumentError("a whole number from 1 to 168 is allowed.");
}

async function applyInTurn(
  context: DeliveryContext,
  audit: Recorder,
  plan: SavedPlan,
  longestHours: number,
): Promise<void> {
  const { workspace, storage } = context;
  const resource = `Stack/${workspace.stack}`;
  const told = { source: "delivery", action: "apply", resource } as const;
  const key = planKey(plan.manifest, plan.manifestHash);
  await inTurnOfApplies(context, audit, { action: "apply", resource, plan: key }, async () => {
    await refuseUnfit(context, plan, longestHours).catch(async (error: unknown) => {
      await audit.record({ ...told, outcome: "refused", message: textOf(error) });
      throw error;
    });
    const approvedBy = await approvers(context);
    for (const actor of approvedBy) {
      await audit.record({ source: "approval", action: "approve", resource, actor, outcome: "succeeded" });
    }
    const checkpoint = await takeCheckpoint(context, {
      reason: "before-apply",
      planHash: plan.planHash,
      approvedBy,
    });
    context.say(`Checkpoint ${checkpoint.number} holds the state of before.`);
    await audit.record({ ...told, outcome: "began", message: `plan ${plan.planHash}` });
    const end = async (outcome: "succeeded" | "failed", message: string): Promise<void> => {
      await endApply(storage, key, endOf(context, outcome));
      await audit.record({ ...told, outcome, message });
    };
    try {
      const changes = await applyChecked(context, audit, plan, checkpoint);
      context.show(`## Applied to ${code(workspace.stack)}\n\n${countsText(changes)}`);
      await verifyApplied(context);
      await end("succeeded", countsText(changes));
    } catch (error) {
      // Why it failed matters more than that this could not be noted.
      await end("failed", textOf(error)).catch((failed: unknown) => context.say(textOf(failed)));
      throw error;
    }
  });
}

/** @throws PLAN_REFUSED with every reason */
async function refuseUnfit(context: DeliveryContext, plan: SavedPlan, longestHours: number): Promise<void> {
  const { workspace, storage, run } = context;
  const reasons = reasonsAgainst(plan, {
    stack: workspace.stack,
    commit: run.commit,
    programHash: programHash(workspace.directory),
    stateHash: stateHash(await exportState(workspace)),
    record: await readPlanRecord(storage, plan.manifest, plan.manifestHash),
    now: new Date(),
    longestHours,
  });
  if (reasons.length > 0) throw planRefused(workspace.stack, reasons);
}

/** Who let the run go on. Whether it may is GitHub's to hold; where it does not tell who, that is said and no more. */
async function approvers(context: DeliveryContext): Promise<readonly string[]> {
  const repository = openRepository(process.env, context.signal);
  if (repository === undefined || context.run.runId === undefined) return [];
  return approversOf(repository, context.run.runId).catch((error: unknown) => {
    context.say(`Who approved is not known: ${textOf(error)}`);
    return [];
  });
}

async function applyChecked(
  context: DeliveryContext,
  audit: Recorder,
  plan: SavedPlan,
  { number }: Checkpoint,
): Promise<Changes> {
  const { workspace, signal } = context;
  const changes = changesReader();
  context.say(`Applying the plan ${plan.planHash.slice(0, 12)} to the stack ${workspace.stack}.`);
  try {
    await lockedRun(context, () =>
      applyPlan(workspace, plan.file, {
        onEvent: (event) => {
          changes.read(event);
          audit.observe(event);
        },
        signal,
        onWait: (error) => context.say(error.message),
      }),
    );
  } catch (error) {
    throw applyFailed(workspace.stack, number, error);
  }
  return changes.result();
}

/** What was done is in the state: the next plan goes on from there. */
function applyFailed(stack: string, checkpoint: number, error: unknown): GroundworkError {
  const known = error instanceof GroundworkError ? error : new GroundworkError("ENGINE_FAILED", textOf(error));
  return new GroundworkError(known.code, `The plan was not applied to the end: ${known.message}`, {
    violations: known.violations,
    details: { ...known.details, checkpoint },
    suggestion: [
      known.suggestion,
      "Nothing is lost: what was done and what was begun is in the state. To go on, make a new plan and apply it:",
      `bin/delivery preview -s ${stack} --out plan && bin/delivery apply -s ${stack} --plan plan`,
      `Checkpoint ${checkpoint} holds the state of before; \`bin/delivery rollback\` goes back to its commit.`,
    ].join("\n"),
    cause: error,
  });
}

function endOf({ run }: DeliveryContext, outcome: ApplyEnd["outcome"]): ApplyEnd {
  const { actor, runUrl } = run;
  return { outcome, at: new Date().toISOString(), actor, ...(runUrl === undefined ? {} : { runUrl }) };
}
