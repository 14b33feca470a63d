/** The cluster that a platform stands on: one of LKE's that is made here, or one that is there already. */

import { readFileSync } from "node:fs";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { GroundworkError } from "../../settings/errors";
import type { ExistingClusterSettings } from "../../settings/platform/platform";

/** What all else of a platform needs of its cluster. */
export interface Cluster {
  /** Makes objects in the cluster. */
  readonly provider: Provider;
  /** Who may do everything; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
  /** The context of the kubeconfig that is meant. @default the current one */
  readonly context?: string | undefined;
}

/** Which cluster a provider is for. */
export interface ProviderArgs {
  /** Says which cluster it is, for as long as that stands. */
  readonly identifier: string;
  readonly kubeconfig: pulumi.Input<string>;
  /** The context of the kubeconfig that is meant. @default the current one */
  readonly context?: string | undefined;
  /**
   * Whether all that has our names is ours. Then an object that an interrupted `up` made and could not note is taken over by
   * the next; elsewhere it is refused, because it may be somebody else's.
   */
  readonly isOurs: boolean;
}

/**
 * The provider of a cluster's objects. It is the same one when the kubeconfig changes, because another would replace every
 * object. It takes back fields that somebody changed by hand: without force they are a conflict, and drift stays for ever.
 */
export function clusterProvider(
  { identifier, kubeconfig, context, isOurs }: ProviderArgs,
  parent: pulumi.Resource,
): Provider {
  return new Provider(
    "kubernetes",
    {
      kubeconfig: pulumi.secret(kubeconfig),
      clusterIdentifier: identifier,
      enablePatchForce: true,
      upsertExistingObjects: isOurs,
      // The plugin's own 50 calls a second, with 120 at once, were half the time of a refresh; the engine's workers bound it.
      kubeClientSettings: { qps: 400, burst: 800 },
      // Charts know their hooks; that they are left out is said once, in docs/guides/platform.md.
      suppressHelmHookWarnings: true,
      ...(context === undefined ? {} : { context }),
    },
    { parent },
  );
}

/** A cluster that somebody else made: kind, k3d, or any other. Nothing of it is changed but what the platform adds. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;
  readonly kubeconfig: pulumi.Output<string>;
  readonly context: string | undefined;

  constructor(name: string, { kubeconfig, context }: ExistingClusterSettings, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:cluster:ExistingCluster", name, {}, opts);
    this.kubeconfig = pulumi.secret(readKubeconfig(kubeconfig));
    this.context = context;
    const identifier = `${kubeconfig}#${context ?? ""}`;
    this.provider = clusterProvider({ identifier, kubeconfig: this.kubeconfig, context, isOurs: false }, this);
    this.registerOutputs({});
  }
}

/** @throws GroundworkError CONFIG_INVALID when the file cannot be read */
function readKubeconfig(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    throw new GroundworkError("CONFIG_INVALID", "The kubeconfig of the cluster that is there cannot be read.", {
      violations: [
        {
          key: "platform.cluster.existing.kubeconfig",
          message: `${path} cannot be read (${reason}); allowed: the path of a file`,
        },
      ],
      suggestion: "Write the path that `kubectl` uses: `echo ${KUBECONFIG:-~/.kube/config}` shows it.",
      cause: error,
    });
  }
}
