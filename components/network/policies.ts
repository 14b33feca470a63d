/** The network policies of a platform: what its workloads may reach, where all else is denied. */

import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformSettings } from "../../settings/platform/platform";
import { flowsOf } from "./flows";
import { policiesOf } from "./rendering";

/** What the policies are made from. */
export interface PoliciesArgs {
  readonly settings: PlatformSettings;
  /** The namespaces of the platform and of the environments by name, each once it is there. */
  readonly namespaces: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A policy for each end of each flow of the table in flows.ts. */
export class Policies extends pulumi.ComponentResource {
  constructor(name: string, { settings, namespaces }: PoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:network:Policies", name, {}, opts);
    for (const { name: policy, namespace, spec } of policiesOf(flowsOf(settings))) {
      const made = namespaces[namespace];
      if (made === undefined) throw new Error(`the platform has no namespace ${namespace}`);
      new NetworkPolicy(policy, { metadata: { name: policy, namespace: made }, spec }, { parent: this });
    }
    this.registerOutputs({});
  }
}
