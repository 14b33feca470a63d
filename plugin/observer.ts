/** Looks at the backends on behalf of all sensors of a stack at once. */

import type { ActiveObject } from "../settings/instance-objects";
import { activeObjects, type Driver, type Observation, type Target } from "../drivers/driver";
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

type Snapshot = Promise<ReadonlyMap<string, readonly [Target, Observation]>>;

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
    const [, found] = (await this.snapshotOf(identity)).get(targetKey(identity)) ?? [];
    const [alone] = found === undefined ? await this.observeUnknown([identity]) : [];
    return found ?? alone?.[1] ?? { state: "absent" };
  }

  /** The objects with processes that a stack has on one backend: those that the ledger knows, and these instances'. */
  async running(
    { stack, backend }: Pick<InstanceIdentity, "stack" | "backend">,
    identities: readonly InstanceIdentity[],
  ): Promise<readonly ActiveObject[]> {
    const snapshot = await this.snapshotOf({ stack, backend });
    const unknown = identities.filter((identity) => !snapshot.has(targetKey(identity)));
    const found = [...snapshot.values(), ...(await this.observeUnknown(unknown))];
    return found.flatMap(([target, observation]) => activeObjects(target, observation));
  }

  forget(): void {
    this.snapshots.clear();
  }

  private snapshotOf(of: Pick<InstanceIdentity, "stack" | "backend">): Snapshot {
    const key = JSON.stringify([of.stack, of.backend]);
    const snapshot = this.snapshots.get(key) ?? this.take(of);
    this.snapshots.set(key, snapshot);
    return snapshot;
  }

  private async take({ stack, backend }: Pick<InstanceIdentity, "stack" | "backend">): Snapshot {
    const targets = this.options.targets(stack, backend);
    const observed = await this.observeAll(backend, targets);
    return new Map(observed.map(([target, observation]) => [targetKey(target), [target, observation]]));
  }

  /** The ledger does not know these instances of one backend, or knows them by other names: it may have been lost. */
  private async observeUnknown(identities: readonly InstanceIdentity[]): Promise<(readonly [Target, Observation])[]> {
    const [first] = identities;
    return first === undefined ? [] : this.observeAll(first.backend, identities);
  }

  private async observeAll(backend: string, targets: readonly Target[]): Promise<(readonly [Target, Observation])[]> {
    const observations = await this.options.driver(backend as Backend).observe(targets);
    return targets.map((target, index) => [target, observations[index] ?? { state: "absent" }] as const);
  }
}

function targetKey({ id, name }: Pick<InstanceIdentity, "id" | "name">): string {
  return JSON.stringify([id, name]);
}
