/** Tells the steps of a run of the engine as progress. */

import type { OperationOptions } from "../engine/operations";
import { describeStep } from "../engine/watch";
import type { VerbContext } from "./verb";

/** A listener for the engine's events that says what is being done. */
export function tellSteps(context: VerbContext): NonNullable<OperationOptions["onEvent"]> {
  return (event) => {
    const message = describeStep(event);
    if (message !== undefined) context.progress({ message });
  };
}
