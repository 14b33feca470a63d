/** The workflows of GitHub Actions in this repository, as they are written. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A step: a command, or somebody's action. */
export interface Step {
  readonly id?: string;
  readonly name: string;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A job. */
export interface Job {
  readonly name: string;
  readonly if?: string;
  readonly needs?: string;
  readonly strategy?: { readonly matrix: { readonly include: readonly Readonly<Record<string, unknown>>[] } };
  readonly "runs-on": string | readonly string[];
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly concurrency?: Concurrency;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

/** Who waits for whom. */
export interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean;
}

/** A workflow. */
export interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Reads a workflow, or an action of this repository's own. */
export function readYaml(checkout: string, file: string): unknown {
  return parse(readFileSync(join(checkout, file), "utf8"));
}

/** Every workflow by the name of its file. */
export function workflows(checkout: string): Readonly<Record<string, Workflow>> {
  const files = globSync(".github/workflows/*.yml", { cwd: checkout }).sort();
  return Object.fromEntries(files.map((file) => [file, readYaml(checkout, file) as Workflow]));
}
