/** What one row of the table is, and what measuring it gives. Pure. */

import type { Fixtures } from "./fixtures";
import { middle, p95, type Series, type Unit } from "./sampling";

/** How much of everything is measured. */
export interface Size {
  /** Rounds before those that count. */
  readonly warmUps: number;
  /** Rounds of what takes milliseconds. */
  readonly rounds: number;
  /** Rounds of what takes seconds. */
  readonly slowRounds: number;
  /** Rounds of what takes many seconds. */
  readonly longRounds: number;
  /** Instances of the large stack. */
  readonly instances: number;
  /** Projects on the full host. */
  readonly projects: number;
}

/** What the committed figures are measured with. */
export const fullSize: Size = { warmUps: 1, rounds: 30, slowRounds: 7, longRounds: 3, instances: 50, projects: 100 };

/** Proves that every row can be measured, and nothing about speed. */
export const smallSize: Size = { warmUps: 0, rounds: 1, slowRounds: 1, longRounds: 1, instances: 1, projects: 4 };

/** How many programs run at once where many are started. */
export const atOnce = 8;

/** What a figure must not exceed. */
export interface Goal {
  /** What is judged, e.g. `p95`. */
  readonly figure: string;
  readonly atMost: number;
  readonly unit: Unit | "×";
}

/** What was found. */
export interface Measurement {
  readonly ours: Series;
  /** What ours is read beside, in the same run. */
  readonly peers: readonly Series[];
  /** The figure that the goal is about. */
  readonly figure: number;
  /** What else was found. @default nothing */
  readonly note?: string;
}

/** A row whose parts are not on this host; the message says which. It has no figure here, and nothing is broken. */
export class NotMeasurable extends Error {}

/** One row of the table. */
export interface Row {
  /** The name for `--only`. */
  readonly name: string;
  readonly what: string;
  readonly goal: Goal;
  /**
   * @throws NotMeasurable when this host lacks what is measured
   * @throws Error when what is measured does not work: then there is no figure at all
   */
  readonly measure: (fixtures: Fixtures, size: Size) => Promise<Measurement>;
}

/** A row with what was found. */
export interface Result {
  readonly row: Row;
  readonly measurement: Measurement;
}

/** A goal of the 95th percentile, in milliseconds. */
export function p95AtMost(atMost: number): Goal {
  return { figure: "p95", atMost, unit: "ms" };
}

/** The measurement whose figure is the 95th percentile of the first series; the others are its peers. */
export function byP95([ours, ...peers]: readonly Series[]): Measurement {
  if (ours === undefined) throw new Error("nothing was measured");
  return { ours, peers, figure: p95(ours) };
}

/** The measurement whose figure is the most that the first series has; the others are its peers. */
export function byMaximum([ours, ...peers]: readonly Series[]): Measurement {
  if (ours === undefined) throw new Error("nothing was measured");
  return { ours, peers, figure: Math.max(...ours.values) };
}

/** The measurement whose figure is the first series' median divided by the second's; all others are peers too. */
export function byRatio([ours, peer, ...others]: readonly Series[]): Measurement {
  if (ours === undefined || peer === undefined) throw new Error("a ratio needs two series");
  return { ours, peers: [peer, ...others], figure: middle(ours) / middle(peer) };
}
