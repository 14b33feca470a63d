/** Looks at the backends on behalf of all sensors of a stack at once. */

import type { Driver, Observation, Target } from "../drivers/driver";
import { refuseOtherHost } from "../host/identity";
import type { InstanceIdentity } from "../settings/instance-properties";
import type { Backend } from "../settings/instance-spec";
import type { Observer } from "./live-state";

/** What the observer looks with. */
export interface BackendObserverOptions {
  /** This host's identity. */
  readonly host: string;
  readonly driver: (backend: Backend) => Driver;
  /** All instances of a stack on one backend, as the ledger knows them. */
  readonly targets: (stack: string, backend: string) => readonly Target[];
}

type Snapshot = Promise<ReadonlyMap<string, Observation>>;

/**
 * Takes one snapshot per stack and backend, and answers all sensors from it until {@link forget}:
 * one call to the backend serves all instances of a refresh. The engine starts a new plugin for
 * every run, so a snapshot never outlives one.
 */
export class BackendObserver implements Observer {
  private readonly snapshots = new Map<string, Snapshot>();

  constructor(private readonly options: BackendObserverOptions) {}

  async observe(identity: InstanceIdentity): Promise<Observation> {
    // Saying that what cannot be seen from here is gone would make a second one.
    refuseOtherHost(identity, this.options.host);
    const key = JSON.stringify([identity.stack, identity.backend]);
    const snapshot = this.snapshots.get(key) ?? this.take(identity);
    this.snapshots.set(key, snapshot);
    const found = (await snapshot).get(targetKey(identity));
    return found ?? this.observeAlone(identity);
  }

  forget(): void {
    this.snapshots.clear();
  }

  private async take({ stack, backend }: InstanceIdentity): Snapshot {
    const targets = this.options.targets(stack, backend);
    const observations = await this.options.driver(backend as Backend).observe(targets);
    return new Map(observations.map((observation, index) => [targetKey(targets[index] as Target), observation]));
  }

  /** The ledger does not know the instance, or knows it by another name: it may have been lost. */
  private async observeAlone(identity: InstanceIdentity): Promise<Observation> {
    const [observation] = await this.options.driver(identity.backend as Backend).observe([identity]);
    return observation ?? { state: "absent" };
  }
}

function targetKey({ id, name }: Pick<InstanceIdentity, "id" | "name">): string {
  return JSON.stringify([id, name]);
}
