/** Taking turns: one run changes a project at a time, and one process an instance. */

import type { DatabaseSync } from "node:sqlite";
import pRetry from "p-retry";
import { GroundworkError } from "../settings/errors";
import { guarded, inTransaction } from "./database";
import type { Home } from "./home";
import { openLedgerFile } from "./ledger-file";
import { statements } from "./ledger-schema";
import { isRunning, thisProcess } from "./processes";

/** A run of a verb that changes a project. */
export interface ProjectRun {
  /** The project's hash, see `projectHash`. */
  readonly project: string;
  readonly verb: string;
}

/** How {@link inTurn} waits. */
export interface TurnOptions {
  /** Aborted: stops waiting. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Told, once for each holder, who has the turn. @default nobody is told */
  readonly onWait?: ((error: GroundworkError) => void) | undefined;
}

/** Longer than an `up` that pulls an image over a slow line; who waits may stop waiting at any time. */
const patienceMs = 15 * 60_000;
const pauseMs = 100;

/** The error of a turn that a running process of this host has: waiting for it makes sense. */
export function turnTaken(what: string, holder: { readonly pid: number; readonly command: string }): GroundworkError {
  return new GroundworkError("LOCKED", `${what} is being changed by ${holder.command} (pid ${holder.pid})`, {
    details: { pid: holder.pid, command: holder.command },
    suggestion: `Wait for it to end, then run the same command again; \`kill ${holder.pid}\` asks it to stop.`,
  });
}

/**
 * Tries until whoever has the turn is done, for at most 15 minutes.
 *
 * @param attempt throws {@link turnTaken} as long as another process has the turn; any other error is final
 * @throws LOCKED when it is still taken after that
 */
export async function inTurn<T>(
  attempt: () => T | Promise<T>,
  { signal, onWait = () => undefined }: TurnOptions = {},
): Promise<T> {
  let told: unknown;
  return pRetry(async () => attempt(), {
    retries: Number.POSITIVE_INFINITY,
    factor: 1,
    minTimeout: pauseMs,
    maxRetryTime: patienceMs,
    ...(signal === undefined ? {} : { signal }),
    shouldRetry: ({ error }) => isTaken(error),
    onFailedAttempt({ error }) {
      if (!isTaken(error) || error.details["pid"] === told) return;
      told = error.details["pid"];
      onWait(error);
    },
  });
}

function isTaken(error: Error): error is GroundworkError {
  return error instanceof GroundworkError && error.code === "LOCKED" && error.details["pid"] !== undefined;
}

/**
 * Takes the turn to change a project. It lasts until {@link endRun}, or until this process is gone.
 *
 * @throws LOCKED, see {@link turnTaken}, while another process changes the project
 */
export function beginRun(home: Home, { project, verb }: ProjectRun): void {
  const self = thisProcess();
  withDatabase(home, (database) => {
    const row = database.prepare(statements.run).get({ project });
    const holder = row && { pid: row["pid"] as number, started: row["started"] as string };
    if (holder !== undefined && holder.pid !== self.pid && isRunning(holder)) {
      throw turnTaken("The project", { pid: holder.pid, command: `\`vagrantp ${String(row?.["verb"])}\`` });
    }
    database.prepare(statements.beginRun).run({ project, verb, ...self, since: new Date().toISOString() });
  });
}

/** Gives the turn back; one that another process has stays. */
export function endRun(home: Home, { project }: ProjectRun): void {
  withDatabase(home, (database) => database.prepare(statements.endRun).run({ project, ...thisProcess() }));
}

function withDatabase(home: Home, work: (database: DatabaseSync) => void): void {
  const database = openLedgerFile(home);
  try {
    guarded(home.ledgerFile, () => inTransaction(database, () => work(database)));
  } finally {
    database.close();
  }
}
