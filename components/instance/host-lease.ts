import * as pulumi from "@pulumi/pulumi";
import type { InstancePromise } from "../../settings/instance-promise";
import type { Backend, LeasedPort } from "../../settings/instance-spec";
import type { HostSettings } from "../../settings/stack";

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
 * The promise of one host to one stack: memory, disks, ports and networks of all its instances, taken in one
 * transaction of the host's ledger and given back when the stack goes. See `plugin/host-lease.ts`.
 */
export class HostLease extends pulumi.CustomResource {
  /** The leased ports of each instance, by its id. */
  declare readonly ports: pulumi.Output<Readonly<Record<string, readonly LeasedPort[]>>>;

  /** The subnet of the stack's network at each of its backends, CIDR. */
  declare readonly subnets: pulumi.Output<Readonly<Record<Backend, string>>>;

  /** The address on a bridge of each instance that asks for one, by its id. */
  declare readonly addresses: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: HostLeaseArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { ports: undefined, subnets: undefined, addresses: undefined };
    super("groundwork:index:HostLease", name, { ...args, ...outputs }, opts);
  }
}
