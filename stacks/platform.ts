/** The production platform: a cluster, and what a team needs on it. */

import * as pulumi from "@pulumi/pulumi";
import { bucketPrefix, type BucketsArgs } from "../components/cluster/bucket";
import { ExistingCluster, type Cluster } from "../components/cluster/cluster";
import { CustomResourceDefinitions } from "../components/cluster/custom-resource-definitions";
import { linodeOffers } from "../components/cluster/linode-offers";
import { LkeCluster } from "../components/cluster/lke-cluster";
import { metricsServer } from "../components/cluster/metrics-server";
import { Environment } from "../components/environments/environment";
import { Applications } from "../components/gitops/applications";
import { GitOps } from "../components/gitops/gitops";
import { Certificates } from "../components/ingress/certificates";
import { Ingress } from "../components/ingress/ingress";
import { Policies } from "../components/network/policies";
import { SecretStore } from "../components/secrets/secret-store";
import { Observability } from "../components/observability/observability";
import { GroundworkError } from "../settings/errors";
import { clusterLabel } from "../settings/platform/cluster-label";
import { definitionSources } from "../settings/platform/definitions";
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
export async function platformStack(args: PlatformArgs): Promise<PlatformOutputs> {
  const cluster = await platformCluster(args.stack, args.settings);
  const { kubeconfig, context } = cluster;
  const sets = definitionSources(args.settings.charts.definitions);
  const definitions = new CustomResourceDefinitions("definitions", { kubeconfig, context, sets });
  const options = { provider: cluster.provider, dependsOn: [definitions] };
  if (args.settings.cluster.source === "lke") metricsServer(args.settings.charts.mirror, options);
  const { certificates, ingress } = wayIn(args, options);
  const store = secretStore(args, { ...options, dependsOn: certificates.internal });
  const { namespaces } = watched(args, { ...options, dependsOn: certificates.internal });
  const isolated = environments(args.settings, options);
  const { settings, secrets } = args;
  const gitops = new GitOps("gitops", { settings, secrets }, options);
  // Each waits for its namespace alone: what is waited for elsewhere answers by these flows.
  const network = new Policies(
    "network",
    {
      settings: args.settings,
      namespaces: {
        argocd: gitops.namespace,
        "cert-manager": certificates.namespace,
        ingress: ingress.namespace,
        monitoring: namespaces.monitoring,
        "node-agents": namespaces.nodeAgents,
        secrets: store.namespace,
        ...Object.fromEntries(Object.entries(isolated).map(([name, { namespace }]) => [name, namespace])),
      },
    },
    { provider: cluster.provider },
  );
  const neededByArgocd = [gitops, network, ...Object.values(isolated)];
  applications(args.settings, gitops.namespace, { ...options, dependsOn: neededByArgocd });
  return { kubeconfig: cluster.kubeconfig };
}

/** Certificates first: what is behind the ingress orders them. */
function wayIn({ stack, settings, secrets }: PlatformArgs, options: pulumi.ComponentResourceOptions) {
  const { domain, email, ingress, network, cluster, charts } = settings;
  const { mirror } = charts;
  const token = pulumi.secret(secrets.domainToken ?? "");
  const recordsToken = ingress.challenge === "dns01" ? token : undefined;
  const certificates = new Certificates("certificates", { email, recordsToken, mirror }, options);
  const way = new Ingress(
    "ingress",
    {
      proxyProtocol: ingress.proxyProtocol,
      balancers: network.nodes,
      ...(cluster.source === "lke" ? { nodeBalancerTags: ["groundwork", clusterLabel(stack)] } : {}),
      ...(ingress.externalDns ? { records: { owner: clusterLabel(stack), domain, token } } : {}),
      mirror,
    },
    options,
  );
  return { certificates, ingress: way };
}

function secretStore(args: PlatformArgs, options: pulumi.ComponentResourceOptions): SecretStore {
  const { secretStore: settings, retention, charts } = args.settings;
  const buckets = bucketsOf(args);
  const snapshots = buckets && { buckets, days: retention.snapshots };
  return new SecretStore("secrets", { settings, snapshots, mirror: charts.mirror }, options);
}

/** Without Linode logs and traces are on volumes. */
function watched(args: PlatformArgs, options: pulumi.ComponentResourceOptions): Observability {
  return new Observability("observability", { ...args, buckets: bucketsOf(args) }, options);
}

/** Buckets go with the cluster, and are as much protected; undefined where it is not Linode's. */
function bucketsOf({ stack, settings: { cluster, domain } }: PlatformArgs): BucketsArgs | undefined {
  if (cluster.source !== "lke") return undefined;
  return { region: cluster.region, prefix: bucketPrefix(stack, domain), protect: cluster.protect };
}

function environments(
  { environments: all, teams, gitops }: PlatformSettings,
  options: pulumi.ComponentResourceOptions,
): Readonly<Record<string, Environment>> {
  const organization = gitops.githubOrganization;
  const made = Object.entries(all).map(
    ([name, settings]) => [name, new Environment(name, { settings, teams, organization }, options)] as const,
  );
  return Object.fromEntries(made);
}

/** What is in the environments goes with the cluster, and is as much protected. */
function applications(
  settings: PlatformSettings,
  namespace: pulumi.Input<string>,
  opts: pulumi.ComponentResourceOptions,
) {
  const protect = settings.cluster.source === "lke" && settings.cluster.protect;
  new Applications("applications", { settings, namespace, protect }, opts);
}

async function platformCluster(stack: string, { cluster }: PlatformSettings): Promise<Cluster> {
  if (cluster.source === "existing") return new ExistingCluster("cluster", cluster);
  return new LkeCluster("cluster", {
    label: clusterLabel(stack),
    settings: cluster,
    version: await offeredVersion(stack, cluster),
  });
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
