/** Tells what the engine does as progress. */

import type { OperationOptions } from "../engine/operations";
import { stepReader, type EngineStep } from "../engine/watch";
import type { Progress, VerbContext } from "./verb";

/** The engine's start, until its first event. */
export const engineStart: Progress = { stage: "start engine", message: "starting the engine" };

/** A stop past the engine. */
export function stoppingInstance({ id, backend }: { readonly id: string; readonly backend: string }): Progress {
  return { stage: `stop ${backend} instance`, message: `stopping ${id}` };
}

/** What undoes a run that failed. */
export const undoing: Progress = { stage: "undo", message: "undoing what was begun", afterFailure: true };

/**
 * A listener for the engine's events that says what is being done.
 *
 * @param told the actions that are told: a preview announces changes that it does not make. @default all
 */
export function tellSteps(
  context: VerbContext,
  told: readonly EngineStep["action"][] = allActions,
): NonNullable<OperationOptions["onEvent"]> {
  const read = stepReader();
  return (event) => {
    const step = read(event);
    if (step !== undefined && told.includes(step.action)) context.progress(progressOf(step));
  };
}

/** What a run says that changes nothing. */
export const lookingActions: readonly EngineStep["action"][] = ["look", "plan"];

/** What a run says that removes all there is: there is nothing to work out. */
export const removingActions: readonly EngineStep["action"][] = ["look", "remove", "release"];

const words: Readonly<Record<EngineStep["action"], (subject: string) => string>> = {
  look: (instance) => `looking at ${instance}`,
  plan: (instance) => `working out what to do with ${instance}`,
  lease: (stack) => `leasing memory and ports for ${stack}`,
  release: (stack) => `giving back memory and ports of ${stack}`,
  create: (instance) => `creating ${instance}`,
  change: (instance) => `changing ${instance}`,
  provision: (instance) => `setting up ${instance}`,
  remove: (instance) => `removing ${instance}`,
};

const allActions = Object.keys(words) as readonly EngineStep["action"][];

function progressOf({ action, subject, backend, current, total }: EngineStep): Progress {
  return {
    stage: backend === undefined ? action : `${action} ${backend} instance`,
    message: words[action](subject),
    ...(current === undefined || total === undefined ? {} : { current, total }),
  };
}
