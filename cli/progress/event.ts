/** What is told of a run while it goes on: with `--json`, one such object a line on standard error. */

import * as z from "zod";

/**
 * One line of progress. A stage begins, may count its steps, and ends; stages follow one another.
 * `docs/guides/scripts.md` shows a run of them.
 */
export const progressEvent = z.strictObject({
  type: z.enum(["started", "step", "finished", "failed"]),
  /** When, in ISO 8601, UTC. */
  time: z.iso.datetime(),
  /** The kind of stage, the same for every project: `create podman container`. */
  stage: z.string().min(1),
  /** What is being done, for people: `creating web`. */
  message: z.string().min(1),
  /** Steps done. Only together with `total`. */
  current: z.int().nonnegative().optional(),
  /** Steps in all, where that is known. */
  total: z.int().positive().optional(),
  /** Of `started`: how long the stage took on this host, the median; absent without history. */
  expectedSeconds: z.number().nonnegative().optional(),
  /** Of `finished` and `failed`: how long the stage took. */
  seconds: z.number().nonnegative().optional(),
});

/** One line of progress; see the schema of the same name. */
export type ProgressEvent = z.output<typeof progressEvent>;
