/** How long stages took on this host, so that the next run can say how long they will take. */

import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as z from "zod";
import type { Home } from "./home";

/** The last durations of each kind of stage, in seconds, the newest last. */
export type StageHistory = Readonly<Record<string, readonly number[]>>;

/** Durations kept of each kind of stage. */
const keptDurations = 15;

/** Kinds of stage that are kept, those used last. */
const keptStages = 100;

const record = z.record(z.string(), z.array(z.number().nonnegative()));

/** Reads the history; one that is missing or damaged is empty, for nothing depends on it. */
export function readStageHistory(home: Home): StageHistory {
  try {
    return record.parse(JSON.parse(readFileSync(home.stageHistoryFile, "utf8")));
  } catch {
    return {};
  }
}

/** The median of the durations; undefined without history. */
export function expectedSeconds(history: StageHistory, stage: string): number | undefined {
  const sorted = [...(Object.hasOwn(history, stage) ? (history[stage] ?? []) : [])].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** The history with one more duration. Bounded, however many stages there were. */
export function withDuration(history: StageHistory, stage: string, seconds: number): StageHistory {
  const durations = [...(Object.hasOwn(history, stage) ? (history[stage] ?? []) : []), roundToMs(seconds)];
  const others = Object.entries(history).filter(([key]) => key !== stage);
  const entries = [...others, [stage, durations.slice(-keptDurations)] as const];
  return Object.fromEntries(entries.slice(-keptStages));
}

/**
 * Adds durations to the history on disk. A reader sees the old or the new one, never a part; of two runs that end in
 * the same moment one may be forgotten. A home that cannot be written keeps no history, and that is no failure.
 */
export function rememberStages(
  home: Home,
  stages: readonly { readonly key: string; readonly seconds: number }[],
): void {
  if (stages.length === 0) return;
  const history = stages.reduce((all, { key, seconds }) => withDuration(all, key, seconds), readStageHistory(home));
  const draft = `${home.stageHistoryFile}.${randomUUID()}`;
  try {
    writeFileSync(draft, JSON.stringify(history), { mode: 0o600 });
    renameSync(draft, home.stageHistoryFile);
  } catch {
    rmSync(draft, { force: true });
  }
}

function roundToMs(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
