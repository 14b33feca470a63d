/** `bin/delivery preview`: a plan that can be approved and applied, and what a reviewer reads of it. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { checkCharts } from "../../engine/charts/check-charts";
import { exportState, savePlan } from "../../engine/operations";
import { getStackConfig } from "../../engine/stack-config";
import type { Workspace } from "../../engine/workspace";
import { GroundworkError, messageOf } from "../../settings/errors";
import { changesReader, type Changes } from "../changes/changes";
import type { DeliveryContext } from "../context";
import { bodyCharacters, keepComment } from "../github/comments";
import { isOfFork } from "../github/fork";
import { labelsOf } from "../github/labels";
import { openRepository, type Repository } from "../github/repository";
import { sha256, type PlanManifest } from "../plan/manifest";
import { registerPlan } from "../plan/plan-records";
import { programHash } from "../plan/program-hash";
import { beginPlan, completePlan, engineVersionOf } from "../plan/saved-plan";
import { stateHash } from "../plan/state-hash";
import { failureText, previewMarker, summaryText } from "../plan/summary";
import { judgePreview, refuseViolations, stepCollector, type PolicyReport } from "../policies/report";
import type { DeliveryVerb } from "./verb";

interface PreviewOptions {
  /** The folder that the plan is kept in. @default it is not kept */
  readonly out?: string;
}

/** The verb. */
export const preview: DeliveryVerb<PreviewOptions> = {
  name: "preview",
  summary: "plan what an apply would change, hold it against the policies, and show it",
  declare: (command) => void command.option("--out <directory>", "keep the plan there, for `apply`"),
  async run(context, { out }) {
    const repository = openRepository(process.env, context.signal);
    const directory = out ?? mkdtempSync(join(tmpdir(), "groundwork-plan-"));
    try {
      await planAndTell(context, repository, directory, out !== undefined);
      return 0;
    } finally {
      if (out === undefined) rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function planAndTell(
  context: DeliveryContext,
  repository: Repository | undefined,
  directory: string,
  isKept: boolean,
): Promise<void> {
  const made = await makePlan(context, repository, directory).catch(async (error: unknown) => {
    await tellFailure(context, repository, error);
    throw error;
  });
  const { manifest, changes, report } = made;
  const room = bodyCharacters - previewMarker(manifest.stack).length - 1;
  const summary = summaryText(manifest, changes, report.markdown, room);
  const text = completePlan(directory, manifest, changes, summary);
  // What a policy refuses is kept for people to read, and counts as no plan.
  if (isKept && report.violations.length === 0) await registerPlan(context.storage, manifest, text);
  context.show(summary);
  context.output("changes", String(changes.resources.length));
  context.output("plan", manifest.planHash);
  await post(context, repository, summary);
  refuseViolations(manifest.stack, report);
}

interface MadePlan {
  readonly manifest: PlanManifest;
  readonly changes: Changes;
  readonly report: PolicyReport;
}

async function makePlan(
  context: DeliveryContext,
  repository: Repository | undefined,
  directory: string,
): Promise<MadePlan> {
  const { workspace, run, signal } = context;
  const { stack } = workspace;
  const file = beginPlan(directory);
  if (isPlatform(workspace)) context.say(await checkCharts(workspace));
  const createdAt = new Date().toISOString();
  // Before the plan is made: of a state that changes meanwhile the hash no longer fits.
  const hash = stateHash(await exportState(workspace));
  const [changes, steps] = [changesReader(), stepCollector()];
  const onEvent = (event: EngineEvent): void => {
    changes.read(event);
    steps.read(event);
  };
  context.say(`Planning the stack ${stack} at commit ${run.commit}.`);
  await savePlan(workspace, file, { onEvent, signal });
  const labels = repository === undefined ? [] : await labelsOf(repository, run);
  const report = await judgePreview(workspace, steps.steps(), labels, signal);
  const plan = readFileSync(file);
  const manifest = {
    stack,
    commit: run.commit,
    stateHash: hash,
    planHash: sha256(plan),
    withRefresh: true,
    createdAt,
    programHash: programHash(workspace.directory),
    pulumiVersion: engineVersionOf(plan),
  };
  return { manifest, changes: changes.result(), report };
}

function isPlatform(workspace: Workspace): boolean {
  return getStackConfig(workspace, ["groundwork:kind"]) === "platform";
}

/** On the pull request, if there is one and we may. */
async function post(context: DeliveryContext, repository: Repository | undefined, text: string): Promise<void> {
  const { pullRequest } = context.run;
  if (pullRequest === undefined) return;
  if (isOfFork(process.env)) {
    context.say("The pull request is of a fork, whose runs may write nothing: the preview is not posted.");
    return;
  }
  if (repository === undefined) {
    context.say("There is no GITHUB_TOKEN: the preview is not posted.");
    return;
  }
  const url = await keepComment(repository, pullRequest, previewMarker(context.workspace.stack), text);
  context.say(`The preview is at ${url}.`);
}

/** In the place of an earlier preview, which would be read as this one. What is wrong with the posting matters less. */
async function tellFailure(
  context: DeliveryContext,
  repository: Repository | undefined,
  error: unknown,
): Promise<void> {
  const message = error instanceof GroundworkError ? error.toText() : "the program failed";
  const text = failureText(context.workspace.stack, context.run.commit, message);
  await post(context, repository, text).catch((failed: unknown) => {
    context.say(messageOf(failed));
  });
}
