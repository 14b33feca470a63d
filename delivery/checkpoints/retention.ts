/** Which checkpoints are kept. Pure. */

import type { Checkpoint } from "./checkpoint";

/** The last so many, whatever their age. */
export const lastKept = 20;
/** Besides, the last one of each day, for so many days. */
const daysKept = 30;
/** And the last one of each month, for so many months. */
const monthsKept = 12;

type Dated = Pick<Checkpoint, "number" | "at">;

/** The numbers of those that are kept no longer: {@link lastKept}, {@link daysKept} and {@link monthsKept} keep the others. */
export function expiredCheckpoints(checkpoints: readonly Dated[], now: Date): readonly number[] {
  const newestFirst = checkpoints.toSorted((one, other) => other.number - one.number);
  const firstDay = new Date(now);
  firstDay.setUTCDate(firstDay.getUTCDate() - daysKept);
  const firstMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsKept));
  const kept = new Set<Dated>([
    ...newestFirst.slice(0, lastKept),
    ...lastOfEach(newestFirst, "2026-11-30".length, firstDay),
    ...lastOfEach(newestFirst, "2026-11".length, firstMonth),
  ]);
  return newestFirst
    .filter((checkpoint) => !kept.has(checkpoint))
    .map(({ number }) => number)
    .reverse();
}

/** The newest one of each period since then; a period is told by so many characters of the time. */
function lastOfEach(newestFirst: readonly Dated[], characters: number, since: Date): readonly Dated[] {
  const from = since.toISOString().slice(0, characters);
  const recent = newestFirst.filter(({ at }) => at.slice(0, characters) >= from);
  const byPeriod = Map.groupBy(recent, ({ at }) => at.slice(0, characters));
  return [...byPeriod.values()].map(([newest]) => newest).filter((one) => one !== undefined);
}
