/** What there is of a stack's state. */

import { exportState, isUnknownStack } from "../../engine/operations";
import type { Workspace } from "../../engine/workspace";
import { GroundworkError } from "../../settings/errors";
import { readState, type State } from "./state";

/** `lost`: there is no such stack. `corrupt`: there is one, and the engine cannot read it. */
export type Standing =
  | { readonly standing: "lost" | "corrupt"; readonly message: string }
  | { readonly standing: "readable"; readonly state: State };

/** What the engine says of a state that it cannot read; a backend that does not answer is something else. */
const corrupt = /failed to load checkpoint|unexpected end of JSON|invalid character|cannot unmarshal/i;

/** Looks at the state. @throws the engine's error where the backend cannot be asked */
export async function standingOf(workspace: Workspace): Promise<Standing> {
  try {
    return { standing: "readable", state: readState(await exportState(workspace)) };
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    const { message } = error;
    if (isUnknownStack(message)) return { standing: "lost", message };
    if (corrupt.test(message)) return { standing: "corrupt", message };
    throw error;
  }
}
