/** Measures several subjects in one run, so that a busy moment of the machine meets all of them alike. */

import { median, quantile } from "simple-statistics";

/** What a figure counts. */
export type Unit = "ms" | "MiB";

/** Something that is measured. */
export interface Subject {
  /** What is run, as a person would type it. */
  readonly command: string;
  /** @default "ms" */
  readonly unit?: Unit;
  /** Runs it once. Returns what it took, in the unit. */
  readonly take: () => Promise<number>;
}

/** What one subject took. */
export interface Series {
  readonly command: string;
  readonly unit: Unit;
  readonly values: readonly number[];
}

/**
 * Takes turns: each round runs every subject once. What one is compared with is then compared under the same load.
 *
 * @param warmUps rounds before the first that counts
 */
export async function interleave(subjects: readonly Subject[], rounds: number, warmUps: number): Promise<Series[]> {
  const series = subjects.map(({ command, unit = "ms" }) => ({ command, unit, values: [] as number[] }));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, { take }] of subjects.entries()) {
      const taken = await take();
      if (round >= 0) series[index]?.values.push(taken);
    }
  }
  return series;
}

/** The middle of a series. */
export function middle({ values }: Series): number {
  return median([...values]);
}

/** What 95 of 100 runs stay below. */
export function p95({ values }: Series): number {
  return quantile([...values], 0.95);
}
