/**
 * What the store beside the state knows of plans: which ones were made, and how their applies ended. Whoever can change a
 * plan's folder on its way can change the hashes in it too; the store is written only by who may write the state.
 */

import * as z from "zod";
import type { Storage } from "../storage/storage";
import { sha256, type PlanManifest } from "./manifest";

const madeSchema = z.object({ manifestHash: z.string() });

/** How an apply ended; `interrupted` where its run was gone before it could say. */
const applyOutcomes = ["succeeded", "failed", "interrupted"] as const;

const endedSchema = z.object({
  outcome: z.enum(applyOutcomes),
  /** ISO 8601, in UTC. */
  at: z.string(),
  actor: z.string(),
  runUrl: z.string().optional(),
});

/** The end of an apply. */
export type ApplyEnd = z.infer<typeof endedSchema>;

/** What is known of a plan. */
export interface PlanRecord {
  /** That this very manifest was registered when the plan was made. */
  readonly isKnown: boolean;
  /** How it was applied the last time. @default it was not */
  readonly ended?: ApplyEnd;
}

/** Records are kept for as long as any plan may be applied, and then some. */
const keptDays = 30;
const dayMs = 24 * 3600 * 1000;

/** Where the records of a plan are: sorted by when it was made. */
export function planKey({ stack, createdAt }: PlanManifest, manifestHash: string): string {
  return `${prefixOf(stack)}${createdAt.replaceAll(/[^0-9]/g, "").slice(0, 14)}-${manifestHash.slice(0, 16)}`;
}

/** Lets a plan count as made, by the text of its manifest; forgets those that are too old for anything. */
export async function registerPlan(storage: Storage, manifest: PlanManifest, text: string): Promise<void> {
  const manifestHash = sha256(text);
  await storage.write(`${planKey(manifest, manifestHash)}/made.json`, JSON.stringify({ manifestHash }));
  const oldest = new Date(Date.parse(manifest.createdAt) - keptDays * dayMs).toISOString().replaceAll(/[^0-9]/g, "");
  const prefix = prefixOf(manifest.stack);
  for (const key of await storage.list(prefix)) {
    if (key.slice(prefix.length, prefix.length + 14) < oldest.slice(0, 14)) await storage.remove(key);
  }
}

/** Reads what is known of a plan. */
export async function readPlanRecord(
  storage: Storage,
  manifest: PlanManifest,
  manifestHash: string,
): Promise<PlanRecord> {
  const key = planKey(manifest, manifestHash);
  const [made, ended] = await Promise.all([storage.read(`${key}/made.json`), storage.read(`${key}/ended.json`)]);
  const isKnown = made !== undefined && madeSchema.parse(JSON.parse(made.toString())).manifestHash === manifestHash;
  return { isKnown, ...(ended === undefined ? {} : { ended: endedSchema.parse(JSON.parse(ended.toString())) }) };
}

/** Notes how the apply of a plan ended. @param key of {@link planKey} */
export async function endApply(storage: Storage, key: string, end: ApplyEnd): Promise<void> {
  await storage.write(`${key}/ended.json`, JSON.stringify(end));
}

function prefixOf(stack: string): string {
  return `plans/${stack}/`;
}
