/** `bin/delivery unlock`: who holds a stack's lock; removes only one whose holder is gone. */

import { jobStateOf } from "../locks/job-state";
import { locksOf } from "../locks/locks";
import { describeLocks, refuseLiving, removeLocks } from "../locks/unlock";
import { backendStorage } from "../storage/storage";
import { backendOf } from "../workspace";
import type { DeliveryVerb } from "./verb";

/** The verb. */
export const unlock: DeliveryVerb<{ readonly yes?: boolean }> = {
  name: "unlock",
  summary: "show who holds the lock of a stack, and remove one whose job is gone",
  declare: (command) => void command.option("--yes", "remove the locks whose job is gone"),
  async run(context, { yes = false }) {
    const { workspace, storage } = context;
    const places = { workspace, storage, backend: backendStorage(backendOf(workspace)) };
    const locks = await locksOf(places, jobStateOf);
    context.show(describeLocks(workspace.stack, locks));
    if (locks.length === 0) return 0;
    if (!yes) {
      context.say("Nothing was removed. With `--yes` the locks whose holder is gone are removed.");
      return 0;
    }
    refuseLiving(workspace.stack, locks);
    await removeLocks(places, locks);
    context.say(`Removed: ${locks.length}. Preview the stack next: what that run had begun may be half done.`);
    return 0;
  },
};
