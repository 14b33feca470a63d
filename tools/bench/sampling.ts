/** Takes times of several subjects in one run, so that a busy moment of the machine meets all of them alike. */

import { median, quantile } from "simple-statistics";

/** Something whose time is taken. */
export interface Subject {
  /** What is run, as a person would type it. */
  readonly command: string;
  /** Runs it once. Returns the milliseconds that it took. */
  readonly take: () => Promise<number>;
}

/** The times of one subject. */
export interface Series {
  readonly command: string;
  readonly milliseconds: readonly number[];
}

/**
 * Takes turns: each round runs every subject once. What one is compared with is then compared under the same load.
 *
 * @param warmUps rounds before the first that counts
 */
export async function interleave(subjects: readonly Subject[], rounds: number, warmUps: number): Promise<Series[]> {
  const times = subjects.map(({ command }) => ({ command, milliseconds: [] as number[] }));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, { take }] of subjects.entries()) {
      const taken = await take();
      if (round >= 0) times[index]?.milliseconds.push(taken);
    }
  }
  return times;
}

/** The middle of a series, in milliseconds. */
export function middle({ milliseconds }: Series): number {
  return median([...milliseconds]);
}

/** The time that 95 of 100 runs stay below, in milliseconds. */
export function p95({ milliseconds }: Series): number {
  return quantile([...milliseconds], 0.95);
}
