/** `bin/delivery unlock`: who holds a stack's locks and its turn; removes only what a run has left that is gone. */

import { recorder } from "../audit/recorder";
import { flushAtEnd } from "../audit/report";
import type { DeliveryContext } from "../context";
import { jobStateOf } from "../locks/job-state";
import { locksOf } from "../locks/locks";
import { describeHoldings, refuseLiving, removeLocks } from "../locks/unlock";
import { endTurn, readTurn, type Turn } from "../plan/turn";
import { backendStorage } from "../storage/storage";
import { backendOf } from "../workspace";
import type { DeliveryVerb } from "./verb";

/** The verb. */
export const unlock: DeliveryVerb<{ readonly yes?: boolean }> = {
  name: "unlock",
  summary: "show who holds the locks and the turn of a stack, and remove those whose job is gone",
  declare: (command) => void command.option("--yes", "remove the locks and the turn whose job is gone"),
  async run(context, { yes = false }) {
    const { workspace, storage } = context;
    const places = { workspace, storage, backend: backendStorage(backendOf(workspace)) };
    const [locks, turn] = await Promise.all([locksOf(places, jobStateOf), readTurn(context)]);
    const holdings = [...locks, ...(turn === undefined ? [] : [turn])];
    context.show(describeHoldings(workspace.stack, holdings));
    if (holdings.length === 0) return 0;
    if (!yes) {
      context.say("Nothing was removed. With `--yes` what a run has left that is gone is removed.");
      return 0;
    }
    refuseLiving(workspace.stack, holdings);
    await removeLocks(places, locks);
    if (turn !== undefined) await endAudited(context, turn);
    context.say(`Removed: ${holdings.length}. Preview the stack next: what that run had begun may be half done.`);
    return 0;
  },
};

/** The audit is told of what was cut off, as the next apply would. */
async function endAudited(context: DeliveryContext, turn: Turn): Promise<void> {
  const audit = recorder(context);
  try {
    await endTurn(context, audit, turn);
  } finally {
    await flushAtEnd(audit, context);
  }
}
