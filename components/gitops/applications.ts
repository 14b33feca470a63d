/** The application of each environment that makes all others of it. */

import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformSettings } from "../../settings/platform/platform";
import { rootApplication } from "./root-application";

/** What they are made from. */
export interface ApplicationsArgs {
  readonly settings: PlatformSettings;
  /** ArgoCD's namespace. */
  readonly namespace: pulumi.Input<string>;
  /** Whether the engine refuses to delete them. */
  readonly protect: boolean;
}

/** Has ArgoCD delete what an Application made before the Application itself is gone. */
const cascade = "resources-finalizer.argocd.argoproj.io";

/**
 * The root applications. They are to depend on all that ArgoCD needs to work, its network policies too: their deletion waits
 * until ArgoCD has deleted what they made.
 */
export class Applications extends pulumi.ComponentResource {
  constructor(
    name: string,
    { settings, namespace, protect }: ApplicationsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("groundwork:gitops:Applications", name, {}, opts);
    for (const environment of Object.keys(settings.environments)) {
      new CustomResource(
        `root-${environment}`,
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "Application",
          metadata: { name: environment, namespace, finalizers: [cascade] },
          spec: rootApplication(settings, environment),
        },
        { parent: this, protect },
      );
    }
    this.registerOutputs({});
  }
}
