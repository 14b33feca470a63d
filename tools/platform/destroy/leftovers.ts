/** What goes on being paid for when a cluster is gone. Pure. */

import type { ClusterBalancer, ClusterObjects, ClusterVolume } from "./cluster-objects";
import type { LinodeObjects, LinodePrice } from "./linode-objects";

/** Something of Linode's that belongs to a cluster and is not deleted with it. */
export interface Belonging {
  readonly kind: "volume" | "NodeBalancer";
  /** Linode's. */
  readonly id: number;
  readonly label: string;
  /** Why it stays; undefined where the destroy removes what it is for, and the cluster then removes it. */
  readonly stays?: string | undefined;
  /** US dollars a month. */
  readonly monthly: number;
}

/** What is known of a cluster. */
export interface Known {
  /** Its label, which is also the tag of what the stack had made. */
  readonly label: string;
  readonly linode: LinodeObjects;
  /** Undefined where the cluster cannot be asked. */
  readonly cluster: ClusterObjects | undefined;
  readonly prices: { readonly volume: LinodePrice | undefined; readonly balancer: LinodePrice | undefined };
}

/**
 * All that belongs to the cluster. LKE deletes neither volumes nor NodeBalancers with a cluster
 * (https://techdocs.akamai.com/linode-api/reference/delete-lke-cluster): they go only while it still runs, when their claim or
 * Service goes.
 */
export function belongings(known: Known): readonly Belonging[] {
  return [...volumesOf(known), ...balancersOf(known)];
}

const notAsked = "the cluster does not answer, so that nothing is known to remove it";

function volumesOf({ label: cluster, linode, cluster: objects, prices }: Known): Belonging[] {
  const nodes = linode.clusters.filter(({ label }) => label === cluster).map(({ id }) => `lke${String(id)}-`);
  return linode.volumes.flatMap(({ id, label, region, size, linode_label: node }) => {
    const claimed = objects?.volumes.find((one) => one.id === id);
    const isAttached = nodes.some((prefix) => node?.startsWith(prefix));
    if (claimed === undefined && !isAttached) return [];
    const why =
      claimed === undefined
        ? objects === undefined
          ? notAsked
          : "the cluster does not know it"
        : whyVolumeStays(claimed, objects);
    return [{ kind: "volume" as const, id, label, stays: why, monthly: size * monthlyPrice(prices.volume, region) }];
  });
}

function whyVolumeStays({ claim, isRetained }: ClusterVolume, objects: ClusterObjects | undefined): string | undefined {
  const of = claim === undefined ? "" : `; it was claimed by ${claim}`;
  if (isRetained) return `its reclaim policy is Retain${of}`;
  if (claim === undefined) return "nobody claims it";
  return isOfStack(claim, objects) ? undefined : `its claim ${claim} is not of the stack`;
}

function balancersOf({ label: cluster, linode, cluster: objects, prices }: Known): Belonging[] {
  const ids = linode.clusters.filter(({ label }) => label === cluster).map(({ id }) => id);
  return linode.balancers.flatMap(({ id, label, region, ipv4, hostname, tags, lke_cluster: of }) => {
    const service = objects?.balancers.find(({ addresses }) =>
      addresses.some((one) => one === ipv4 || one === hostname),
    );
    const belongs = service !== undefined || tags.includes(cluster) || (of != null && ids.includes(of.id));
    if (!belongs) return [];
    const why =
      service === undefined
        ? objects === undefined
          ? notAsked
          : "no Service of the cluster has it"
        : whyBalancerStays(service, objects);
    return [{ kind: "NodeBalancer" as const, id, label, stays: why, monthly: monthlyPrice(prices.balancer, region) }];
  });
}

function whyBalancerStays(
  { service, isPreserved }: ClusterBalancer,
  objects: ClusterObjects | undefined,
): string | undefined {
  if (isPreserved) return `its Service ${service} says to preserve it`;
  return isOfStack(service, objects) ? undefined : `its Service ${service} is not of the stack`;
}

/** What is in a namespace of the stack's is removed with it, whoever made it. */
function isOfStack(namespaced: string, objects: ClusterObjects | undefined): boolean {
  return objects?.namespaces.includes(namespaced.split("/")[0] ?? "") ?? false;
}

function monthlyPrice(price: LinodePrice | undefined, region: string): number {
  return price?.region_prices.find(({ id }) => id === region)?.monthly ?? price?.price.monthly ?? 0;
}
