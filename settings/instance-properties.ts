/**
 * The properties of an instance as state, diffs and drift show them: what was promised and what
 * is real, in the same words. Every value is plain data and holds no secret.
 */

import { formatPort, formatVolume, type InstanceSpec, type LeasedPort } from "./instance-spec";
import type { StackMachines, StackNetwork } from "./stack-network";

/**
 * Stands for a value that a preview cannot know, such as a port that is still to be leased.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go (UnknownStringValue)
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The labels that every object of ours carries at its backend. They say whose it is. */
export interface OwnerLabels {
  /** The host's identity: a hash, never the machine id itself. */
  readonly "groundwork.host": string;
  /** The Pulumi stack that owns the instance. */
  readonly "groundwork.stack": string;
  /** The instance's id in that stack. */
  readonly "groundwork.id": string;
}

/** Where an instance is, and which one it is. A change of any of these is another instance. */
export interface InstanceIdentity {
  readonly host: string;
  readonly stack: string;
  readonly id: string;
  /** The name at the backend. */
  readonly name: string;
  readonly backend: string;
}

/** Everything about an instance that can drift. Lists are sorted. */
export interface InstanceProperties {
  readonly exists: boolean;
  /** The name at the backend. */
  readonly name: string;
  readonly running: boolean;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** 0 for a container. */
  readonly diskGiB: number;
  /** The container's image, or the virtual machine's box. */
  readonly image: string;
  readonly command: readonly string[];
  /** Spelled by {@link formatPort}. */
  readonly ports: readonly string[];
  /** Spelled by {@link formatVolume}. */
  readonly volumes: readonly string[];
  /** The names of the networks that it shares with its stack, joined by commas; they tell the subnets too. */
  readonly network: string;
  /** The virtual machines of its stack that know its name, and whose names it knows. @default it is to know none */
  readonly machines?: readonly string[];
  /** Its own address on a bridge; empty where it has none. */
  readonly ipAddress: string;
  /** Keyed digest of the environment's names and values. */
  readonly environmentDigest: string;
  readonly labels: OwnerLabels;
}

/** The names of all properties that can drift, in the order they are shown in. */
export const promisedNames = [
  "exists",
  "name",
  "running",
  "memoryMiB",
  "cpus",
  "diskGiB",
  "image",
  "command",
  "ports",
  "volumes",
  "network",
  "machines",
  "ipAddress",
  "environmentDigest",
  "labels",
] as const satisfies readonly (keyof InstanceProperties)[];

/** The names of all that a sensor compares, in the order they are shown in: an instance may have a playbook besides. */
export const comparedNames = [...promisedNames, "playbook"] as const;

/** Stands for the playbook of an instance whose playbook was not applied, or not to its end. */
export const playbookNotApplied = "not applied";

/** The labels of the instance with this identity. */
export function ownerLabels(identity: Pick<InstanceIdentity, "host" | "stack" | "id">): OwnerLabels {
  return {
    "groundwork.host": identity.host,
    "groundwork.stack": identity.stack,
    "groundwork.id": identity.id,
  };
}

/** What the host gave to an instance. */
export interface LeasedToInstance {
  /** In any order. */
  readonly ports: readonly LeasedPort[];
  readonly network: StackNetwork;
  /** The virtual machines that it meets. @default none */
  readonly machines?: StackMachines | undefined;
  /** Its own address on a bridge. @default none */
  readonly address?: string | undefined;
}

/**
 * What the spec promises.
 *
 * @param environmentDigest of `spec.environment`, by this host's key
 */
export function promisedProperties(
  spec: InstanceSpec,
  identity: InstanceIdentity,
  { ports, network, machines, address = "" }: LeasedToInstance,
  environmentDigest: string,
): InstanceProperties {
  return {
    exists: true,
    name: spec.name,
    running: spec.power === "running",
    memoryMiB: spec.memoryMiB,
    cpus: spec.cpus,
    diskGiB: spec.diskGiB ?? 0,
    image: spec.image,
    command: spec.command,
    ports: ports.map(formatPort).sort(),
    volumes: spec.volumes.map(formatVolume).sort(),
    network: [network, ...(machines === undefined ? [] : [machines.network])]
      .map(({ name }) => name)
      .sort()
      .join(),
    ...(machines === undefined ? {} : { machines: machines.ids }),
    ipAddress: address,
    environmentDigest,
    labels: ownerLabels(identity),
  };
}
