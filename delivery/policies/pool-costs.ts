/** What the pools of a platform cost a month, before and after. Pure; the prices are asked by the caller. */

import { monthlyCosts, type LinodeOffers } from "../../settings/platform/offers";
import type { NodePool } from "../../settings/platform/node-pools";
import { formerInputs, plannedInputs, type PlannedStep } from "./policy";

type PoolSize = Pick<NodePool, "type" | "count">;
type Pools = Readonly<Record<string, PoolSize>>;
type Inputs = Readonly<Record<string, unknown>>;

/** US dollars a month; of an autoscaler the least and the most. */
export interface Cost {
  readonly least: number;
  readonly most: number;
}

/** One pool before and after. */
export interface PoolCost {
  readonly pool: string;
  /** Undefined where there is none. */
  readonly before: (PoolSize & Cost) | undefined;
  readonly after: (PoolSize & Cost) | undefined;
}

const clusterType = "linode:index/lkeCluster:LkeCluster";
const poolType = "linode:index/lkeNodePool:LkeNodePool";

/** The region of the cluster, which may have prices of its own; undefined where there is no cluster of Linode's. */
export function clusterRegion(steps: readonly PlannedStep[]): string | undefined {
  const regions = steps
    .filter(({ type }) => type === clusterType)
    .map((step) => (plannedInputs(step) ?? formerInputs(step))?.["region"]);
  return regions.find((region) => typeof region === "string");
}

/** Every pool with what it costs. @throws Error when a type has no price: a sum without it would mislead */
export function poolCosts(steps: readonly PlannedStep[], offers: Pick<LinodeOffers, "types">): PoolCost[] {
  const [before, after] = [formerInputs, plannedInputs].map((inputsOf) => priced(poolsOf(steps, inputsOf), offers));
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.map((pool) => ({ pool, before: before?.[pool], after: after?.[pool] }));
}

/** The sum of one side. */
export function sumOf(costs: readonly PoolCost[], side: "before" | "after"): Cost {
  return costs
    .map((one) => one[side] ?? { least: 0, most: 0 })
    .reduce<Cost>((sum, { least, most }) => ({ least: sum.least + least, most: sum.most + most }), {
      least: 0,
      most: 0,
    });
}

function priced(pools: Pools, offers: Pick<LinodeOffers, "types">): Readonly<Record<string, PoolSize & Cost>> {
  const unknown = Object.values(pools).find(({ type }) => !offers.types.some(({ id }) => id === type));
  if (unknown !== undefined) throw new Error(`Linode names no price for ${unknown.type}`);
  const costs = monthlyCosts({ nodePools: pools }, offers);
  return Object.fromEntries(
    Object.entries(pools).map(([name, pool]) => [name, { ...pool, least: 0, most: 0, ...costs[name] }]),
  );
}

/** A replacement is several steps of one resource; the last that says something counts. */
function poolsOf(steps: readonly PlannedStep[], inputsOf: (step: PlannedStep) => Inputs | undefined): Pools {
  const all = steps.flatMap((step) => {
    const inputs = inputsOf(step);
    const name = step.urn.split("::").at(-1) ?? step.urn;
    if (inputs === undefined) return [];
    if (step.type === poolType) return [[name, sizeOf(inputs, inputs["nodeCount"])] as const];
    if (step.type !== clusterType) return [];
    const pools = inputs["pools"] as readonly Inputs[];
    return pools.map((pool, index) => [`${name}.pools[${index}]`, sizeOf(pool, pool["count"])] as const);
  });
  return Object.fromEntries(all);
}

function sizeOf({ type, autoscaler }: Inputs, count: unknown): PoolSize {
  return { type: String(type), count: (autoscaler as NodePool["count"] | undefined) ?? Number(count) };
}
