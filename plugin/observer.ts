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
  /** As {@link Observer.playbookOf}. */
  readonly playbookOf: Observer["playbookOf"];
  /** All instances of a stack on one backend, as the ledger knows them. */
  readonly targets: (stack: string, backend: string) => readonly Target[];
}

type StackAtBackend = Pick<InstanceIdentity, "stack" | "backend">;

/** What was seen of each instance, by {@link targetKey}. */
type Snapshot = Map<string, readonly [Target, Observation]>;

/**
 * Takes one snapshot per stack and backend, and answers all sensors from it until {@link forget}:
 * one call to the backend serves all instances of a refresh. The engine starts a new plugin for
 * every run, so a snapshot never outlives one.
 */
export class BackendObserver implements Observer {
  private readonly snapshots = new Map<string, Promise<Snapshot>>();

  constructor(private readonly options: BackendObserverOptions) {}

  async observe(identity: InstanceIdentity): Promise<Observation> {
    // Saying that what cannot be seen from here is gone would make a second one.
    refuseOtherHost(identity, this.options.host);
    const [, observation] = (await this.snapshotOf(identity, [identity])).get(targetKey(identity)) ?? [];
    return observation ?? { state: "absent" };
  }

  /** The objects with processes that a stack has on one backend: those that the ledger knows, and these instances'. */
  async running(of: StackAtBackend, identities: readonly InstanceIdentity[]): Promise<readonly ActiveObject[]> {
    const snapshot = await this.snapshotOf(of, identities);
    return [...snapshot.values()].flatMap(([target, observation]) => activeObjects(target, observation));
  }

  playbookOf(identity: InstanceIdentity): string | undefined {
    return this.options.playbookOf(identity);
  }

  forget(): void {
    this.snapshots.clear();
  }

  /** A snapshot with these instances in it. */
  private async snapshotOf(of: StackAtBackend, identities: readonly InstanceIdentity[]): Promise<Snapshot> {
    const key = JSON.stringify([of.stack, of.backend]);
    const taken = this.snapshots.get(key) ?? this.observeAll(of.backend, this.options.targets(of.stack, of.backend));
    this.snapshots.set(key, taken);
    const snapshot = await taken;
    // The ledger does not know these, or knows them by other names: they are new, or it was lost.
    const unknown = identities.filter((identity) => !snapshot.has(targetKey(identity)));
    if (unknown.length > 0)
      for (const [name, seen] of await this.observeAll(of.backend, unknown)) snapshot.set(name, seen);
    return snapshot;
  }

  private async observeAll(backend: string, targets: readonly Target[]): Promise<Snapshot> {
    const observations = await this.options.driver(backend as Backend).observe(targets);
    return new Map(
      targets.map((target, index) => [targetKey(target), [target, observations[index] ?? { state: "absent" }]]),
    );
  }
}

function targetKey({ id, name }: Pick<InstanceIdentity, "id" | "name">): string {
  return JSON.stringify([id, name]);
}
