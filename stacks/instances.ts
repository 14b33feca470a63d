/** A stack of instances on one host: one promise of the host, and the instances that it covers. */

import type * as pulumi from "@pulumi/pulumi";
import { HostLease } from "../components/instance/host-lease";
import { Instance } from "../components/instance/instance";
import type { InstanceReport } from "../settings/instance-report";
import type { InstanceSpec } from "../settings/instance-spec";
import type { Provisioning } from "../settings/provisioning";
import type { HostSettings } from "../settings/stack";

/** What a stack of instances is made from. */
export interface InstancesStackArgs {
  /** The identity of the host that they live on. */
  readonly host: string;
  readonly stack: string;
  readonly settings: HostSettings;
  /** The instances by their logical names, which stay when an instance's id changes. */
  readonly instances: Readonly<Record<string, { readonly spec: InstanceSpec; readonly projectDirectory?: string }>>;
  /** The digest of an instance's environment, by the host's key. */
  readonly digest: (environment: Readonly<Record<string, string>>) => string;
  /** The digest of all that a playbook is made of, by the host's key. */
  readonly playbookDigest: (provisioning: Provisioning) => string;
}

/** The stack's outputs. */
export interface StackOutputs {
  /** Each instance's report, by its logical name. */
  readonly instances: Readonly<Record<string, pulumi.Output<InstanceReport>>>;
}

/** Declares the instances of a stack. */
export function instancesStack({
  host,
  stack,
  settings,
  instances,
  digest,
  playbookDigest,
}: InstancesStackArgs): StackOutputs {
  const entries = Object.entries(instances);
  const lease = new HostLease("host", {
    host,
    stack,
    settings,
    instances: entries.map(([, { spec, projectDirectory }]) => ({
      id: spec.id,
      name: spec.name,
      backend: spec.backend,
      memoryMiB: spec.memoryMiB,
      cpus: spec.cpus,
      ...(spec.diskGiB === undefined ? {} : { diskGiB: spec.diskGiB }),
      power: spec.power,
      ports: spec.ports,
      networkMode: spec.networkMode,
      ...(spec.ipAddress === undefined ? {} : { ipAddress: spec.ipAddress }),
      ...(projectDirectory === undefined ? {} : { projectDirectory }),
    })),
  });
  const machines = entries.flatMap(([, { spec }]) => (spec.backend === "libvirt" ? [spec.id] : [])).sort();
  const made = entries.map(([name, { spec, projectDirectory }]) => {
    const environmentDigest = digest(spec.environment);
    const { provisioning, power } = spec;
    // Nothing can be done inside one that stands still.
    const playbook = provisioning === undefined || power === "stopped" ? undefined : playbookDigest(provisioning);
    // Docker keeps them apart: an internal network of its macvlan driver leads nowhere.
    const meets = spec.backend === "podman" ? { machines } : {};
    const args = { spec, host, environmentDigest, lease, playbook, projectDirectory, ...meets };
    const instance = new Instance(name, args);
    return [name, instance.report] as const;
  });
  return { instances: Object.fromEntries(made) };
}
