/** A cluster on Linode's Kubernetes Engine. */

import type { Provider } from "@pulumi/kubernetes/provider";
import { Firewall } from "@pulumi/linode/firewall";
import { LkeCluster as Lke } from "@pulumi/linode/lkeCluster";
import { LkeNodePool } from "@pulumi/linode/lkeNodePool";
import * as pulumi from "@pulumi/pulumi";
import { mainPool, type NodePool } from "../../settings/platform/node-pools";
import type { LkeSettings } from "../../settings/platform/platform";
import { clusterProvider, type Cluster } from "./cluster";
import { nodeRules } from "./node-rules";

/** What the cluster is made from. */
export interface LkeClusterArgs {
  /** Its label at Linode, at most 32 characters. */
  readonly label: string;
  readonly settings: LkeSettings;
  /** What LKE offers and the settings ask for, e.g. 1.35. */
  readonly version: string;
}

/** Marks the pools that are resources of their own: without it the cluster would delete them as unknown. */
const externalPoolTag = "groundwork-pool";

/** The cluster, its pools, and the firewall of their nodes. */
export class LkeCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;
  readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, { label, settings, version }: LkeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:cluster:LkeCluster", name, {}, opts);
    const { [mainPool]: main, ...others } = settings.nodePools;
    if (main === undefined) throw new Error(`the settings have no pool named ${mainPool}`);
    const { protect } = settings;
    const tags = ["groundwork", label];

    const cluster = new Lke(
      name,
      {
        label,
        region: settings.region,
        k8sVersion: version,
        tags,
        // One tag: the plugin tells a pool again by its tags, and sorts several wrongly (CompareSlices in
        // terraform-provider-linode's helper/compare.go, 3.1.1), which is drift for ever.
        pools: [{ ...poolInputs(main), ...sizeOf(main), tags: [label] }],
        externalPoolTags: [externalPoolTag],
        controlPlane: controlPlaneOf(settings),
      },
      {
        parent: this,
        protect,
        ignoreChanges: [
          ...ignoredSize(main, "pools[0].count"),
          // Where no version is asked for, LKE's own upgrades are not drift.
          ...(settings.kubernetesVersion === undefined ? ["k8sVersion"] : []),
        ],
      },
    );
    const pools = Object.entries(others).map(
      ([poolName, pool]) =>
        new LkeNodePool(
          `${name}-${poolName}`,
          { clusterId: cluster.id.apply(Number), ...outsidePoolInputs(pool), tags: [...tags, externalPoolTag] },
          { parent: this, protect, ignoreChanges: ignoredSize(pool, "nodeCount") },
        ),
    );
    new Firewall(`${name}-nodes`, { label, tags, ...firewallInputs(cluster, pools) }, { parent: this });

    this.kubeconfig = pulumi.secret(cluster.kubeconfig.apply((text) => Buffer.from(text, "base64").toString()));
    this.provider = clusterProvider({ identifier: label, kubeconfig: this.kubeconfig, isOurs: true }, this);
    this.registerOutputs({});
  }
}

function outsidePoolInputs({ count, ...pool }: NodePool) {
  return { ...poolInputs(pool), ...(typeof count === "number" ? { nodeCount: count } : { autoscaler: count }) };
}

/** A firewall before all machines of the cluster, which lets in what {@link nodeRules} say, and nothing else. */
function firewallInputs(cluster: Lke, pools: readonly LkeNodePool[]) {
  const linodes = pulumi
    .all([cluster.pools, pulumi.all(pools.map((pool) => pool.nodes))])
    .apply(([inside, outside]) => [...inside.flatMap((pool) => pool.nodes), ...outside.flat()])
    .apply((nodes) => nodes.map(({ instanceId }) => instanceId).sort((one, other) => one - other));
  return {
    linodes,
    inboundPolicy: "DROP",
    inbounds: nodeRules.map((rule) => ({ action: "ACCEPT", ...rule })),
    outboundPolicy: "ACCEPT",
  };
}

function poolInputs({ type, labels, taints }: Omit<NodePool, "count">) {
  return { type, labels: { ...labels }, taints: taints.map((taint) => ({ ...taint })) };
}

function sizeOf({ count }: NodePool) {
  return typeof count === "number" ? { count } : { count: count.min, autoscaler: count };
}

/** How many nodes there are is the autoscaler's affair. */
function ignoredSize({ count }: NodePool, property: string): string[] {
  return typeof count === "number" ? [] : [property];
}

function controlPlaneOf({ highAvailability, accessFrom }: LkeSettings) {
  const isVersion6 = (block: string): boolean => block.includes(":");
  const addresses = [{ ipv4s: accessFrom.filter((block) => !isVersion6(block)), ipv6s: accessFrom.filter(isVersion6) }];
  return { highAvailability, ...(accessFrom.length === 0 ? {} : { acl: { enabled: true, addresses } }) };
}
