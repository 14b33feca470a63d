/**
 * What every backend does, behind one interface. A driver observes, ensures, syncs and returns:
 * it compares the backend with what is desired, does the least that makes them equal and rolls
 * back what it began when it fails. It knows nothing of Pulumi.
 */

import { canonicalJson } from "../settings/canonical-json";
import type { Connection } from "../settings/connection";
import type { ActiveObject, DiskSpace, OwnedObject } from "../settings/instance-objects";
import type { InstanceIdentity, InstanceProperties } from "../settings/instance-properties";
import { hostPortOf, type InstanceSpec, type LeasedPort } from "../settings/instance-spec";
import type { StackMachines, StackNetwork } from "../settings/stack-network";

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
  | {
      readonly state: "present";
      readonly objectId: string;
      /** It has processes, running or paused: it holds its ports and its memory. */
      readonly active: boolean;
      readonly properties: ObservedProperties;
      /** Undefined where it was not asked for, it does not run, or this host's kernel does not tell (a Podman machine). */
      readonly usage?: Usage;
    };

/** What the object of a target holds; nothing when it has no processes, or is not ours. */
export function activeObjects(target: Target, observation: Observation | undefined): readonly ActiveObject[] {
  if (observation?.state !== "present" || !observation.active) return [];
  const { memoryMiB = 0, ports } = observation.properties;
  return [{ id: target.id, backend: target.backend, memoryMiB, ports: ports.map(hostPortOf) }];
}

/** The properties that the backend shows now. What it does not show (limits of a stopped container) is absent. */
export interface ObservedProperties extends Omit<InstanceProperties, "memoryMiB" | "cpus" | "network" | "ipAddress"> {
  readonly memoryMiB?: number;
  readonly cpus?: number;
  readonly network?: string;
  readonly ipAddress?: string;
}

/** What an instance is to be. */
export interface DesiredInstance {
  readonly identity: InstanceIdentity;
  readonly spec: InstanceSpec;
  /** The ports of `spec.ports`, leased. */
  readonly ports: readonly LeasedPort[];
  /** The network that it shares with its stack alone: made with its first instance, removed with its last. */
  readonly network: StackNetwork;
  /** The virtual machines of its stack, where it is a container that meets them on their network. @default none */
  readonly machines?: StackMachines | undefined;
  /** Its own address on the bridge that {@link bridgeOf} tells, beside that network. @default none */
  readonly address?: string | undefined;
  /** What the instance promises, as the sensor compares it. */
  readonly properties: InstanceProperties;
  /** The directory of the project that it belongs to. @default none: the stack is shared */
  readonly projectDirectory?: string | undefined;
}

/** Something that an instance or a stack left at a backend when it went. */
export interface Leftover {
  /** A network without instances; an image or a disk with what was written inside an instance that is gone. */
  readonly kind: "network" | "image" | "disk";
  readonly objectId: string;
  readonly name: string;
  readonly stack: string;
}

/** What a running instance uses now. */
export interface Usage {
  /** Without what the kernel would give back at once: caches of files not used lately. */
  readonly memoryMiB: number;
  /** Over a tenth of a second; 100 is one whole processor. */
  readonly cpuPercent: number;
}

/** What is asked for besides what {@link Observation} always tells. */
export interface ObserveOptions {
  /** What the running ones use now; that takes a tenth of a second more, however many they are. @default false */
  readonly usage?: boolean;
}

/** Which lines of an instance's log are asked for, and how. */
export interface LogOptions {
  /** Go on as new lines come. */
  readonly follow: boolean;
  /** This many of the last lines. @default all */
  readonly tail?: number | undefined;
  /** Lines since then: an RFC 3339 time, or a duration such as `10m`. @default all */
  readonly since?: string | undefined;
  /** Begin each line with its time. */
  readonly timestamps: boolean;
}

/**
 * How a change is made, by what it costs: nothing but the change itself, a start, making it again with what was written
 * inside, or a new one with that kept as a snapshot.
 */
export type ChangeKind = "none" | "create" | "in place" | "restart" | "recreate" | "replace";

/** What {@link Driver.ensure} did. */
export interface EnsureResult {
  readonly objectId: string;
  readonly change: ChangeKind;
}

/** What the machine has that a backend's instances run on. */
export interface EngineHost {
  readonly totalBytes: number;
  readonly cpus: number;
}

/** A backend. Every method throws `PROVIDER_NOT_AVAILABLE` where the backend's program is missing or refuses. */
export interface Driver {
  /** Looks at all targets at once, whatever their number; answers in their order. Changes nothing. */
  observe(targets: readonly Target[], options?: ObserveOptions): Promise<readonly Observation[]>;
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
  /**
   * Every instance that Groundwork made on this host, of whatever ledger, told by the label `groundwork.host`. One that
   * waits for its successor is listed where there is no successor.
   */
  list(host: string): Promise<readonly OwnedObject[]>;
  /** What the machine has that instances run on; undefined where that is this one. */
  elsewhere(): Promise<EngineHost | undefined>;
  /** The file system that holds the disks of the backend's instances; undefined where they have none of their own. */
  diskSpace(): Promise<DiskSpace | undefined>;
  /** What instances and stacks of this host left when they went, for people to remove: snapshots are among it. */
  leftovers(host: string): Promise<readonly Leftover[]>;
  /** Removes a leftover; one that is used by now is left untouched. */
  removeLeftover(leftover: Leftover): Promise<void>;
  /** The subnets, CIDR, of all networks that the backend has, whoever made them. */
  subnets(): Promise<readonly string[]>;
  /** The program and arguments that print what the target's program said. */
  logsCommand(target: Target, options: LogOptions): readonly string[];
  /** The program and arguments that run `command` inside, or a login shell when it is empty. */
  execCommand(target: Target, command: readonly string[], terminal: boolean): readonly string[];
  /** How a program that works inside the running target reaches it. */
  connection(target: Target): Promise<Connection>;
}

/** The properties that differ; one that the backend does not show now is taken as right. */
export function differences(observed: ObservedProperties, desired: InstanceProperties): (keyof InstanceProperties)[] {
  const names = Object.keys(desired) as (keyof InstanceProperties)[];
  return names.filter((name) => {
    const real = observed[name];
    return real !== undefined && canonicalJson(real) !== canonicalJson(desired[name]);
  });
}
