/** The pools of nodes of a cluster on LKE. */

import * as z from "zod";
import type { Violation } from "../errors";
import { readAs } from "../stack-violations";
import { accepted, problem, refused, type Parsed } from "../values";

/** What keeps pods off a node, unless they tolerate it. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: "NoSchedule" | "NoExecute" | "PreferNoSchedule";
}

/** Nodes of one type. */
export interface NodePool {
  /** Linode's word, e.g. g6-standard-4. */
  readonly type: string;
  /** How many nodes there are; of an autoscaler, how many there are at least and at most. */
  readonly count: number | { readonly min: number; readonly max: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** The pool that the cluster is made with; all others are resources of their own, and come and go without it. */
export const mainPool = "main";

/** LKE's own limit for a pool; https://techdocs.akamai.com/linode-api/reference/post-lke-cluster-pools */
const mostNodes = 100;
const countError = `a whole number from 1 to ${mostNodes}`;
const count = z.number({ error: countError }).int({ error: countError }).min(1, { error: countError });
const nodeCount = count.max(mostNodes, { error: countError });

/** A taint as kubectl writes it: `key=value:Effect`, the value may be missing. */
function parseTaint(text: string): Parsed<Taint> {
  const match = /^([\w./-]+)(?:=([\w.-]*))?:(NoSchedule|NoExecute|PreferNoSchedule)$/.exec(text);
  if (match === null) {
    return refused(problem(text, "is no taint", "key=value:NoSchedule, :NoExecute or :PreferNoSchedule"));
  }
  return accepted({ key: match[1] ?? "", value: match[2] ?? "", effect: match[3] as Taint["effect"] });
}

/** GPUs are dear: what does not ask for one is kept off them, by the taint that NVIDIA's own operators tolerate. */
const gpuTaint: Taint = { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" };

/** Whether a type has GPUs; https://techdocs.akamai.com/cloud-computing/docs/gpu-compute-instances */
export function hasGpu(type: string): boolean {
  return /^g\d+-gpu-/.test(type);
}

/** One pool, as it is written. */
const poolSchema = z
  .strictObject(
    {
      type: z.string({ error: "a type of Linode's such as g6-standard-4" }).default("g6-standard-4"),
      count: nodeCount.optional(),
      autoscaler: z.strictObject({ min: nodeCount, max: nodeCount }, { error: "a map with min and max" }).optional(),
      labels: z.record(z.string(), z.string({ error: "a text" }), { error: "a map of labels" }).default({}),
      taints: z.array(z.string({ error: "a text" }).transform(readAs(parseTaint)), { error: "a list" }).default([]),
    },
    { error: "a map" },
  )
  .transform(({ count: fixed, autoscaler, taints, ...rest }) => ({
    pool: { ...rest, count: autoscaler ?? fixed ?? 3, taints: withGpuTaint(rest.type, taints) } satisfies NodePool,
    saysBoth: fixed !== undefined && autoscaler !== undefined,
  }));

function withGpuTaint(type: string, taints: readonly Taint[]): readonly Taint[] {
  return hasGpu(type) && taints.length === 0 ? [gpuTaint] : taints;
}

/** All pools by name. */
export const nodePoolsSchema = z
  .record(z.string(), poolSchema, { error: "a map of names to pools" })
  .default({ [mainPool]: poolSchema.parse({}) });

/** What a pool may not say though each value is right. */
export function nodePoolViolations(pools: z.output<typeof nodePoolsSchema>, path: string): Violation[] {
  const named = Object.entries(pools).flatMap(([name, { pool, saysBoth }]) =>
    violationsOf(`${path}.${name}`, pool, saysBoth),
  );
  const main = pools[mainPool]?.pool;
  if (main === undefined) {
    const message = `is missing: the pool that the cluster is made with; allowed: a pool named ${mainPool}.`;
    return [...named, { key: `${path}.${mainPool}`, message, allowed: `a pool named ${mainPool}` }];
  }
  const keepsAllOff = main.taints.some(({ effect }) => effect !== "PreferNoSchedule");
  const message = "keeps all pods off the pool that the platform itself runs on; allowed: taints on other pools.";
  return keepsAllOff ? [...named, { key: `${path}.${mainPool}.taints`, message }] : named;
}

function violationsOf(key: string, { count: size }: NodePool, saysBoth: boolean): Violation[] {
  const both = { key, message: "has both count and autoscaler; allowed: one of them.", allowed: "one of them" };
  const wrongWay = typeof size !== "number" && size.min > size.max;
  const message = `min ${wrongWay ? String(size.min) : ""} is more than max ${wrongWay ? String(size.max) : ""}; allowed: min up to max.`;
  return [...(saysBoth ? [both] : []), ...(wrongWay ? [{ key: `${key}.autoscaler`, message }] : [])];
}
