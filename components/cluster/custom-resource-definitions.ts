import * as pulumi from "@pulumi/pulumi";
import type { DefinitionSet } from "../../settings/platform/definitions";

/** What is defined, and where. */
export interface CustomResourceDefinitionsArgs {
  /** The cluster's; a secret. */
  readonly kubeconfig: pulumi.Input<string>;
  /** @default the kubeconfig's current context */
  readonly context?: string | undefined;
  readonly sets: readonly DefinitionSet[];
}

/**
 * The custom resource definitions of a cluster, outside the state: inside, they are three quarters of it and make every
 * `up` ten times slower. Their versions are seen by a refresh; a deletion leaves them, because it would take every custom
 * resource along. See `plugin/custom-resource-definitions.ts`.
 */
export class CustomResourceDefinitions extends pulumi.CustomResource {
  /** What defines each of them, by name: `argocd 3.4.4`. */
  declare readonly definitions: pulumi.Output<Readonly<Record<string, string>>>;

  constructor(name: string, args: CustomResourceDefinitionsArgs, opts?: pulumi.CustomResourceOptions) {
    const { kubeconfig, context, sets } = args;
    super(
      "groundwork:index:CustomResourceDefinitions",
      name,
      { kubeconfig: pulumi.secret(kubeconfig), context, sets, definitions: undefined },
      opts,
    );
  }
}
