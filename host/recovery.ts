/** A ledger that was lost, compared with what is at the backends before anything is promised. */
import type { OwnedObject } from "../settings/instance-objects";
import type { Home } from "./home";
import { hostId } from "./identity";
import { Ledger } from "./ledger";

/** What a recovery needs from outside. */
export interface RecoveryOptions {
  /** All that Groundwork made on this host, at every backend. Asked only when the ledger was lost. */
  readonly list: (host: string) => Promise<readonly OwnedObject[]>;
  /** Told what happened, in one sentence. */
  readonly warn: (message: string) => void;
}

/** Opens the ledger; one that was lost holds again what is at the backends. */
export async function openRecovered(home: Home, { list, warn }: RecoveryOptions): Promise<Ledger> {
  const ledger = Ledger.open(home);
  try {
    const happened = ledger.recovery();
    if (happened === undefined) return ledger;
    ledger.rebuild(await list(hostId(home)));
    warn(`${happened}, and from what is at the backends.`);
    return ledger;
  } catch (error) {
    ledger.close();
    throw error;
  }
}
