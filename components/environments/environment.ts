/** An environment of applications: a namespace that is shut off from all others. */

import { LimitRange } from "@pulumi/kubernetes/core/v1/limitRange";
import { ResourceQuota } from "@pulumi/kubernetes/core/v1/resourceQuota";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import type { Environment as EnvironmentSettings, Team } from "../../settings/platform/environments";
import { PlatformNamespace } from "../cluster/platform-namespace";
import { deployRole, deployRules, environmentLabel, grantsOf, limitSpec, quotaSpec } from "./environment-objects";

/** What an environment is made from. */
export interface EnvironmentArgs {
  readonly settings: EnvironmentSettings;
  /** All teams of the platform; those without a right here get none. */
  readonly teams: Readonly<Record<string, Team>>;
  /** The organisation on GitHub that the teams are of. @default groups are named without one */
  readonly organization?: string | undefined;
}

/** The namespace, its bounds, and who may do what in it. */
export class Environment extends pulumi.ComponentResource {
  /** The namespace's name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(
    name: string,
    { settings, teams, organization }: EnvironmentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("groundwork:environments:Environment", name, {}, opts);
    const { namespace } = new PlatformNamespace(
      name,
      { podSecurity: "restricted", labels: { [environmentLabel]: name } },
      { parent: this },
    );
    this.namespace = namespace;
    const children = { parent: this };
    const metadata = (objectName: string) => ({ name: objectName, namespace });
    new ResourceQuota(`${name}-quota`, { metadata: metadata("quota"), spec: quotaSpec(settings) }, children);
    new LimitRange(`${name}-limits`, { metadata: metadata("limits"), spec: limitSpec() }, children);
    new Role(`${name}-${deployRole}`, { metadata: metadata(deployRole), rules: deployRules }, children);
    for (const { name: binding, kind, role, group } of grantsOf(name, teams, organization)) {
      const apiGroup = "rbac.authorization.k8s.io";
      new RoleBinding(
        `${name}-${binding}`,
        {
          metadata: metadata(binding),
          roleRef: { apiGroup, kind, name: role },
          subjects: [{ apiGroup, kind: "Group", name: group }],
        },
        children,
      );
    }
    this.registerOutputs({ namespace });
  }
}
