/** A time as people say it. Pure. */

import { GroundworkError } from "../../settings/errors";

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The time that is meant by `12h`, `7d`, `30m`, or by a date.
 *
 * @throws CONFIG_INVALID for anything else
 */
export function parseSince(given: string, now: Date): Date {
  const [, count, unit = ""] = /^(\d+)([mhd])$/.exec(given) ?? [];
  const date = /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(given) : Number.NaN;
  const time = count === undefined ? date : now.getTime() - Number(count) * (unitsMs[unit] ?? 0);
  if (!Number.isNaN(new Date(time).getTime())) return new Date(time);
  throw new GroundworkError(
    "CONFIG_INVALID",
    `--since is ${given}; allowed: 30m, 12h, 7d, or a date such as 2026-11-30.`,
    {
      suggestion: "Write how long ago, or since which date.",
    },
  );
}
