/** `bin/delivery drift`: whether what is real is as promised. Reads alone: neither the stack nor its state is changed. */

import { GroundworkError, messageOf } from "../../settings/errors";
import { driftText } from "../changes/change-text";
import type { ResourceDrift } from "../changes/changes";
import { code } from "../changes/markdown";
import type { DeliveryContext } from "../context";
import { closeIssues, keepIssue } from "../github/issues";
import { openRepository, type Repository } from "../github/repository";
import { findDrift } from "../plan/find-drift";
import { driftGoneText, driftIssue, driftMessage, driftTitle } from "../plan/drift-issue";
import type { DeliveryVerb } from "./verb";

/** The exit status of drift, and of drift alone. What is broken must not look like it. */
const driftFound = 7;

/** The verb. */
export const drift: DeliveryVerb = {
  name: "drift",
  summary: "compare what is real with what was promised; 7 when they differ, and 1 when that cannot be told",
  async run(context) {
    const found = await findDrift(context).catch((error: unknown) => {
      throw broken(context.workspace.stack, error);
    });
    const repository = openRepository(process.env, context.signal);
    const { stack } = context.workspace;
    context.output("drift", String(found.length > 0));
    if (found.length === 0) {
      context.show(`What is real in ${code(stack)} is as promised.`);
      if (repository !== undefined) await close(context, repository);
      return 0;
    }
    context.show(`## Drift in ${code(stack)}\n\n${driftText(found)}`);
    if (repository === undefined) context.say("There is no GITHUB_TOKEN: no issue is written.");
    else await tell(context, repository, found);
    return driftFound;
  },
};

/** A check that breaks ends with 1, whatever broke it: 7 is for drift alone. */
function broken(stack: string, error: unknown): GroundworkError {
  const cause = error instanceof GroundworkError ? error : undefined;
  const message = messageOf(error);
  return new GroundworkError("ENGINE_FAILED", `Whether ${stack} is as promised could not be told: ${message}`, {
    violations: cause?.violations ?? [],
    details: cause?.details ?? {},
    suggestion: cause?.suggestion,
    cause: error,
  });
}

async function tell(context: DeliveryContext, repository: Repository, found: readonly ResourceDrift[]): Promise<void> {
  const { stack } = context.workspace;
  const text = driftMessage(stack, found, context.run, new Date());
  context.say(`The issue is ${await keepIssue(repository, driftIssue(stack), driftTitle(stack), text)}.`);
}

async function close(context: DeliveryContext, repository: Repository): Promise<void> {
  const { stack } = context.workspace;
  const closed = await closeIssues(repository, driftIssue(stack), driftGoneText(stack, context.run, new Date()));
  for (const url of closed) context.say(`The issue ${url} is closed.`);
}
