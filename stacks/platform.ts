/** The production platform: a cluster, and what a team needs on it. */

import type * as pulumi from "@pulumi/pulumi";
import { ExistingCluster, type Cluster } from "../components/cluster/cluster";
import { linodeOffers } from "../components/cluster/linode-offers";
import { LkeCluster } from "../components/cluster/lke-cluster";
import { GroundworkError } from "../settings/errors";
import { offerViolations, resolveVersion } from "../settings/platform/offers";
import type { LkeSettings, PlatformSettings } from "../settings/platform/platform";
import type { PlatformSecrets } from "../settings/platform/secrets";

/** What a platform is made from. */
export interface PlatformArgs {
  readonly stack: string;
  readonly settings: PlatformSettings;
  readonly secrets: PlatformSecrets;
}

/** The stack's outputs. */
export interface PlatformOutputs {
  /** Who may do everything in the cluster; a secret. */
  readonly kubeconfig: pulumi.Output<string>;
}

/**
 * Declares a platform.
 *
 * @throws GroundworkError CONFIG_INVALID when Linode does not offer what is asked for; then nothing has been declared
 */
export async function platformStack({ stack, settings }: PlatformArgs): Promise<PlatformOutputs> {
  const cluster = await platformCluster(stack, settings);
  return { kubeconfig: cluster.kubeconfig };
}

async function platformCluster(stack: string, { cluster }: PlatformSettings): Promise<Cluster> {
  if (cluster.source === "existing") return new ExistingCluster("cluster", cluster);
  return new LkeCluster("cluster", {
    label: clusterLabel(stack),
    settings: cluster,
    version: await offeredVersion(stack, cluster),
  });
}

/** Linode's labels have at most 32 characters. */
function clusterLabel(stack: string): string {
  return `groundwork-${stack}`.slice(0, 32);
}

async function offeredVersion(stack: string, settings: LkeSettings): Promise<string> {
  const offers = await linodeOffers(settings.region);
  const violations = offerViolations(settings, offers);
  const version = resolveVersion(settings, offers);
  if (violations.length === 0 && version !== undefined) return version;
  throw new GroundworkError("CONFIG_INVALID", `Linode does not offer what the config of stack ${stack} asks for.`, {
    violations,
    suggestion: `Correct the keys named above in Pulumi.${stack}.yaml, then run \`pulumi preview -s ${stack}\`.`,
  });
}
