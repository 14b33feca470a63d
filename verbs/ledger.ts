/** The ledger, as a verb opens it before it counts on what it holds. */

import { listEverywhere } from "../drivers";
import { backendAccess } from "../host/backend-access";
import type { Ledger } from "../host/ledger";
import { openRecovered } from "../host/recovery";
import type { VerbContext } from "./verb";

/** Opens the ledger; one that was lost is made again first, which is told as progress. */
export function openLedger({ home, progress }: VerbContext): Promise<Ledger> {
  return openRecovered(home, {
    list: (host) => listEverywhere(backendAccess(home), host),
    warn: (message) => progress({ message: `warning: ${message}` }),
  });
}
