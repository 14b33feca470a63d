import * as pulumi from "@pulumi/pulumi";
import type { InstanceSpec, LeasedPort } from "../../settings/instance-spec";
import type { HostSettings } from "../../settings/stack";

/** What one instance asks of the host. */
export type InstancePromise = Pick<
  InstanceSpec,
  "id" | "name" | "backend" | "memoryMiB" | "cpus" | "power" | "ports"
> & {
  /** The project directory, for messages. @default the stack's name is shown alone */
  readonly projectDirectory?: string;
};

/** What a stack asks of one host. */
export interface HostLeaseArgs {
  /** The host's identity. */
  readonly host: string;
  /** The stack whose promise this is. */
  readonly stack: string;
  readonly settings: HostSettings;
  readonly instances: readonly InstancePromise[];
}

/**
 * The promise of one host to one stack: memory and ports of all its instances, taken in one
 * transaction of the host's ledger and given back when the stack goes. See `plugin/host-lease.ts`.
 */
export class HostLease extends pulumi.CustomResource {
  /** The leased ports of each instance, by its id. */
  declare readonly ports: pulumi.Output<Readonly<Record<string, readonly LeasedPort[]>>>;

  constructor(name: string, args: HostLeaseArgs, opts?: pulumi.CustomResourceOptions) {
    super("groundwork:index:HostLease", name, { ...args, ports: undefined }, opts);
  }
}
