/**
 * What every backend does, behind one interface. A driver observes, ensures, syncs and returns:
 * it compares the backend with what is desired, does the least that makes them equal and rolls
 * back what it began when it fails. It knows nothing of Pulumi.
 */

import { canonicalJson } from "../settings/canonical-json";
import type { InstanceIdentity, InstanceProperties } from "../settings/instance-properties";
import type { InstanceSpec, LeasedPort } from "../settings/instance-spec";

/** Which object to look for. */
export interface Target extends InstanceIdentity {
  /** The id that the backend gave the object, as the ledger recorded it. @default nothing is recorded */
  readonly objectId?: string | undefined;
}

/** What is really there for a {@link Target}. */
export type Observation =
  | { readonly state: "absent" }
  /** Something else has our name. `description` says what, for people. */
  | { readonly state: "foreign"; readonly objectId: string; readonly description: string }
  | { readonly state: "present"; readonly objectId: string; readonly properties: ObservedProperties };

/** The properties that the backend shows now. What it does not show (limits of a stopped container) is absent. */
export interface ObservedProperties extends Omit<InstanceProperties, "memoryMiB" | "cpus"> {
  readonly memoryMiB?: number;
  readonly cpus?: number;
}

/** What an instance is to be. */
export interface DesiredInstance {
  readonly identity: InstanceIdentity;
  readonly spec: InstanceSpec;
  /** The ports of `spec.ports`, leased. */
  readonly ports: readonly LeasedPort[];
  /** What the instance promises, as the sensor compares it. */
  readonly properties: InstanceProperties;
}

/** How a change was made. */
export type ChangeKind = "none" | "create" | "in place" | "recreate" | "replace";

/** What {@link Driver.ensure} did. */
export interface EnsureResult {
  readonly objectId: string;
  readonly change: ChangeKind;
}

/** A backend. Every method throws `PROVIDER_NOT_AVAILABLE` where the backend's program is missing or refuses. */
export interface Driver {
  /** Looks at all targets with one call to the backend; answers in their order. Changes nothing. */
  observe(targets: readonly Target[]): Promise<readonly Observation[]>;
  /**
   * Makes the object equal to what is desired, with the least change that does it.
   *
   * @param signal aborted: stops and undoes what was begun
   * @throws INFRA_EXISTS when something else has the name; it is left untouched
   * @throws PORT_CONFLICT, INSUFFICIENT_RESOURCES, CONFIG_INVALID as the backend refuses
   */
  ensure(desired: DesiredInstance, objectId: string | undefined, signal?: AbortSignal): Promise<EnsureResult>;
  /** Removes our object and what was kept for it; an absent one is fine, another's is left untouched. */
  remove(target: Target): Promise<void>;
  /** Stops our object; an absent or stopped one is fine. @param graceful false: at once */
  stop(target: Target, graceful: boolean): Promise<void>;
  /** The program and arguments that run `command` inside, or a login shell when it is empty. */
  execCommand(target: Target, command: readonly string[], terminal: boolean): readonly string[];
}

/** The properties that differ; one that the backend does not show now is taken as right. */
export function differences(observed: ObservedProperties, desired: InstanceProperties): (keyof InstanceProperties)[] {
  const names = Object.keys(desired) as (keyof InstanceProperties)[];
  return names.filter((name) => {
    const real = observed[name];
    return real !== undefined && canonicalJson(real) !== canonicalJson(desired[name]);
  });
}
