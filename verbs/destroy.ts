/** Removes a project's stack with all that there is of it, also what the engine does not know. */

import { rmSync } from "node:fs";
import { forgetUnchanged } from "../engine/last-up";
import * as engine from "../engine/operations";
import type { Workspace } from "../engine/workspace";
import { Ledger } from "../host/ledger";
import type { LedgerEntry } from "../host/promises";
import { inTurn } from "../host/turns";
import { openDriver, targetOf } from "./instance";
import { engineStart, removingActions, tellSteps } from "./steps";
import { tellWaiting } from "./turn";
import type { VerbContext } from "./verb";

/**
 * Destroys the stack, then what an engine that was killed could not write down: objects without a resource,
 * promises without a lease. The workspace goes last, so that a run that is cut off can be run again.
 *
 * @param signal aborted: stops; what is left is still promised
 */
export async function destroyStack(context: VerbContext, workspace: Workspace, signal?: AbortSignal): Promise<void> {
  using ledger = Ledger.open(context.home);
  const entries = ledger.entries({ stack: workspace.stack });
  if (engine.stackExists(workspace)) {
    forgetUnchanged(context.home, workspace.stack);
    context.progress(engineStart);
    await engine.destroy(workspace, {
      signal,
      onEvent: tellSteps(context, removingActions),
      onWait: tellWaiting(context),
    });
  }
  for (const entry of entries) await removeLeftover(context, ledger, entry, signal);
  ledger.release(workspace.stack);
  rmSync(workspace.directory, { recursive: true, force: true });
}

async function removeLeftover(
  context: VerbContext,
  ledger: Ledger,
  entry: LedgerEntry,
  signal: AbortSignal | undefined,
): Promise<void> {
  // An actuator that outlived its engine may be making the instance yet.
  await inTurn(() => ledger.requireIdle(entry), { signal, onWait: tellWaiting(context) });
  await openDriver(context, entry.backend).remove(targetOf(context, entry));
}
