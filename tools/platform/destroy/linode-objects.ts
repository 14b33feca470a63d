/** What an account has of what outlives a cluster, and what it costs. */

import * as z from "zod";
import { listAll, type LinodeAccess } from "../linode";

const cluster = z.object({ id: z.number(), label: z.string() });
const volume = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  /** GiB. */
  size: z.number(),
  /** The label of the machine that has it; of a node of LKE it begins with `lke` and the cluster's id. */
  linode_label: z.string().nullish(),
});
const balancer = z.object({
  id: z.number(),
  label: z.string(),
  region: z.string(),
  ipv4: z.string().nullish(),
  hostname: z.string().nullish(),
  tags: z.array(z.string()).default([]),
  lke_cluster: z.object({ id: z.number() }).nullish(),
});
const price = z.object({
  id: z.string(),
  price: z.object({ monthly: z.number().nullish() }),
  region_prices: z.array(z.object({ id: z.string(), monthly: z.number().nullish() })).default([]),
});

/** A price list: US dollars a month, of a volume for each GiB. */
export type LinodePrice = z.output<typeof price>;

/** What an account has of what goes on being paid for without its cluster. */
export interface LinodeObjects {
  readonly clusters: readonly z.output<typeof cluster>[];
  readonly volumes: readonly z.output<typeof volume>[];
  readonly balancers: readonly z.output<typeof balancer>[];
}

/** @throws as {@link listAll} */
export async function linodeObjects(access: LinodeAccess): Promise<LinodeObjects> {
  const [clusters, volumes, balancers] = await Promise.all([
    listAll(access, "/lke/clusters", cluster),
    listAll(access, "/volumes", volume),
    listAll(access, "/nodebalancers", balancer),
  ]);
  return { clusters, volumes, balancers };
}

/** What a volume and a NodeBalancer cost. @throws as {@link linodeObjects} */
export async function linodePrices(access: LinodeAccess) {
  const [volumes, balancers] = await Promise.all([
    listAll(access, "/volumes/types", price),
    listAll(access, "/nodebalancers/types", price),
  ]);
  return { volume: volumes[0], balancer: balancers.find(({ id }) => id === "nodebalancer") ?? balancers[0] };
}
