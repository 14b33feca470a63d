/** A saved plan: a folder that goes from the run that made it, by way of who approves it, to the run that applies it. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GroundworkError } from "../../settings/errors";
import type { Changes } from "../changes/changes";
import { planManifest, sha256, type PlanManifest } from "./manifest";

/** The files of a plan's folder. */
const planFiles = {
  /** What `pulumi up --plan` reads. */
  plan: "plan.json",
  /** See manifest.ts. */
  manifest: "manifest.json",
  /** Every change, for programs. */
  changes: "changes.json",
  /** For people. */
  summary: "summary.md",
} as const;

/** A plan as it was found in a folder. */
export interface SavedPlan {
  /** The path of plan.json. */
  readonly file: string;
  readonly manifest: PlanManifest;
  /** SHA-256 of manifest.json, by which the plan is known to the store beside the state. */
  readonly manifestHash: string;
  /** SHA-256 of plan.json as it is now. */
  readonly planHash: string;
}

/** Makes the folder ready to take a plan: one that stood there is none any more. @returns the path of plan.json */
export function beginPlan(directory: string): string {
  mkdirSync(directory, { recursive: true });
  for (const name of Object.values(planFiles)) rmSync(join(directory, name), { force: true });
  return join(directory, planFiles.plan);
}

/** The version of the engine that made a plan, as the plan itself says. */
export function engineVersionOf(plan: Buffer): string {
  const { manifest } = JSON.parse(plan.toString("utf8")) as { readonly manifest?: { readonly version?: string } };
  return (manifest?.version ?? "").replace(/^v/, "");
}

/** Writes what goes with plan.json; the manifest last, so that a folder without one is no plan. @returns its text */
export function completePlan(directory: string, manifest: PlanManifest, changes: Changes, summary: string): string {
  writeFileSync(join(directory, planFiles.changes), `${JSON.stringify(changes, undefined, 2)}\n`);
  writeFileSync(join(directory, planFiles.summary), `${summary}\n`);
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const file = join(directory, planFiles.manifest);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return text;
}

/** @throws PLAN_REFUSED when the folder holds no plan */
export function readSavedPlan(directory: string): SavedPlan {
  const [text, plan] = [planFiles.manifest, planFiles.plan].map((name) => read(join(directory, name)));
  if (text === undefined || plan === undefined) throw notAPlan(directory);
  return {
    file: join(directory, planFiles.plan),
    manifest: parse(directory, text),
    manifestHash: sha256(text),
    planHash: sha256(plan),
  };
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function parse(directory: string, text: Buffer): PlanManifest {
  try {
    return planManifest.parse(JSON.parse(text.toString("utf8")));
  } catch (cause) {
    throw notAPlan(directory, cause);
  }
}

function notAPlan(directory: string, cause?: unknown): GroundworkError {
  const what = cause === undefined ? "There is no complete plan" : "The manifest of the plan is not one of ours";
  return new GroundworkError("PLAN_REFUSED", `${what} in ${directory}.`, { cause });
}
