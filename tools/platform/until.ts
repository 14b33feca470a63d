/** Waits for what a store does by itself. */

import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../../settings/errors";

/** How long a replica may take to join the others, and a store to have a leader. */
const patience = 90_000;
const pause = 500;

/** Asks until it is so. @param what a sentence for the error @throws GroundworkError INFRA_NOT_RUNNING when it takes too long */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > end) {
      throw new GroundworkError(
        "INFRA_NOT_RUNNING",
        `It took longer than ${String(patience / 1000)} s until ${what}.`,
        {
          suggestion: "Read the replicas' own words: `kubectl -n secrets logs openbao-0`.",
        },
      );
    }
    await wait(pause);
  }
}
