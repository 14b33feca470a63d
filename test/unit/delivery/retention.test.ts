/** Which checkpoints are kept. */

import { expiredCheckpoints } from "../../../delivery/checkpoints/retention";

const now = new Date("2026-11-30T12:00:00Z");
const hourMs = 3600 * 1000;

/** Checkpoints at these ages in hours, the oldest first; numbered from 1. */
function aged(...hours: readonly number[]) {
  return hours
    .toSorted((one, other) => other - one)
    .map((age, index) => ({ number: index + 1, at: new Date(now.getTime() - age * hourMs).toISOString() }));
}

const every = (hours: number, count: number) => Array.from({ length: count }, (_, index) => index * hours);

/** The times of those that stay. */
function keptOf(checkpoints: ReturnType<typeof aged>) {
  const expired = expiredCheckpoints(checkpoints, now);
  return checkpoints.filter(({ number }) => !expired.includes(number)).map(({ at }) => at);
}

describe("checkpoints", () => {
  test("of one day are all kept as long as there are no more than 20", () => {
    expect(expiredCheckpoints(aged(...every(0.1, 20)), now)).toEqual([]);
  });

  test("are kept to the last 20, however old", () => {
    const years = aged(...every(24 * 400, 25));
    expect(expiredCheckpoints(years, now)).toEqual([1, 2, 3, 4, 5]);
  });

  test("before the last 20 are kept to the last one of each day, for 30 days", () => {
    const kept = keptOf(aged(...every(4, 6 * 40)));
    const days = new Set(kept.map((at) => at.slice(0, 10)));
    expect([...days].filter((day) => day >= "2026-10-31")).toHaveLength(31);
    expect(kept.filter((at) => at.startsWith("2026-11-10"))).toEqual(["2026-11-10T20:00:00.000Z"]);
  });

  test("before that are kept to the last one of each month, for a year", () => {
    const kept = keptOf(aged(...every(24, 500)));
    const older = kept.filter((at) => at < "2026-10-31");
    expect(older.map((at) => at.slice(0, 10))).toEqual([
      ...["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
      ...["2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30"],
    ]);
  });

  test("that a clock that is ahead has dated are kept like today's", () => {
    expect(expiredCheckpoints(aged(-48, ...every(0.1, 19)), now)).toEqual([]);
  });
});
