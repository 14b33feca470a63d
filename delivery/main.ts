/** `bin/delivery`: what the workflows run, and a person at night. Only here the exit status is set. */

import { findInstallation } from "../engine/installation";
import { groundworkHome } from "../host/home";
import { explainSystemError } from "../host/system-errors";
import { GroundworkError, messageOf } from "../settings/errors";
import { forgetEmptySecrets } from "./empty-secrets";
import { deliveryProgram } from "./program";
import { openReport } from "./report";
import { readRunFacts } from "./run-facts";
import { storageOf } from "./storage/storage";
import { verbs } from "./verbs";
import type { DeliveryVerb } from "./verbs/verb";
import { deliveryWorkspace } from "./workspace";

/** What asks us to stop: Ctrl-C, and how a runner ends a job that is cancelled. */
const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function run(verb: DeliveryVerb, stack: string, options: object): Promise<void> {
  const interrupted = new AbortController();
  for (const name of interruptions) process.on(name, () => interrupted.abort());
  const facts = readRunFacts(findInstallation().directory);
  const workspace = deliveryWorkspace(stack);
  const told = { ...openReport(), signal: interrupted.signal };
  process.exitCode = await verb.run({ ...told, workspace, storage: storageOf(workspace), run: facts }, options);
}

function explain(error: unknown): GroundworkError {
  if (error instanceof GroundworkError) return error;
  const known = explainSystemError(error, groundworkHome().root);
  return known ?? new GroundworkError("ENGINE_FAILED", messageOf(error));
}

forgetEmptySecrets();
deliveryProgram(verbs, run)
  .parseAsync()
  .catch((error: unknown) => {
    const known = explain(error);
    process.stderr.write(`${known.toText()}\n`);
    process.exitCode = known.exitStatus;
  });
