/** What every verb of `bin/delivery` is given, and the facts of a run as GitHub Actions or this host tell them. */

import type { Workspace } from "../engine/workspace";
import type { Storage } from "./storage/storage";

/** Who runs what, and where. */
export interface RunFacts {
  /** The full hash of what is checked out. */
  readonly commit: string;
  /** The user of GitHub, or of this host. */
  readonly actor: string;
  /** `owner/name`. @default not in GitHub Actions */
  readonly repository?: string;
  /** The page of the run. @default not in GitHub Actions */
  readonly runUrl?: string;
  /** @default not in GitHub Actions */
  readonly runId?: string;
  /** How often the run was started, from 1: a run that is started again keeps its id. @default not in GitHub Actions */
  readonly attempt?: string;
  /** The name of the runner, by which GitHub tells the jobs of a run apart. @default not in GitHub Actions */
  readonly runner?: string;
  /** @default the run is of no pull request */
  readonly pullRequest?: number;
}

/** What every verb is given. */
export interface DeliveryContext {
  readonly workspace: Workspace;
  readonly storage: Storage;
  readonly run: RunFacts;
  /** Aborted when the user, or the runner, asks to stop. */
  readonly signal: AbortSignal;
  /** Tells what is being done: a line on standard error. */
  say(line: string): void;
  /** Shows the result: Markdown, to standard output and, in GitHub Actions, to the run's summary. */
  show(markdown: string): void;
  /** Gives a value to later steps of the job; does nothing outside GitHub Actions. */
  output(name: string, value: string): void;
}
