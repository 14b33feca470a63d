/** The stages of a run, and the events they make. Pure: whoever calls says what time it is. */

import type { Progress } from "../../verbs/verb";
import type { ProgressEvent } from "./event";

/** What is being done. */
export interface Stage {
  /** The kind of stage, the same for every project. */
  readonly key: string;
  /** What is being done, for people. */
  readonly message: string;
  /** When it began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** How long it took before, on this host. @default not known */
  readonly expectedSeconds?: number | undefined;
  /** Steps done. @default not known */
  readonly current?: number | undefined;
  /** Steps in all. @default not known */
  readonly total?: number | undefined;
}

/** What follows from something that was told. */
export interface Advance {
  readonly stage: Stage;
  readonly events: readonly ProgressEvent[];
}

/**
 * Goes on to what was told: a step of the same stage, or a new one, which ends the one before.
 *
 * @param active what was being done until now; undefined at the beginning
 * @param now milliseconds since 1970, by a clock that does not jump
 */
export function advance(
  active: Stage | undefined,
  told: Progress,
  expectedSeconds: number | undefined,
  now: number,
): Advance {
  const { message, current, total } = told;
  const key = told.stage ?? message;
  if (active?.key === key && active.message === message) {
    const stage = { ...active, current, total };
    return { stage, events: sameSteps(active, stage) ? [] : [eventOf("step", stage, now)] };
  }
  const stage: Stage = { key, message, startedAt: now, expectedSeconds, current, total };
  const before = active === undefined ? [] : [endOf(active, told.afterFailure === true, now)];
  return { stage, events: [...before, eventOf("started", stage, now)] };
}

/** The event of a stage that ends. */
export function endOf(stage: Stage, failed: boolean, now: number): ProgressEvent {
  return eventOf(failed ? "failed" : "finished", stage, now);
}

/** How long a stage has taken. */
export function secondsOf(stage: Stage, now: number): number {
  return Math.max(0, now - stage.startedAt) / 1000;
}

function sameSteps(one: Stage, other: Stage): boolean {
  return one.current === other.current && one.total === other.total;
}

function eventOf(type: ProgressEvent["type"], stage: Stage, now: number): ProgressEvent {
  const { key, message, current, total, expectedSeconds } = stage;
  const ends = type === "finished" || type === "failed";
  return {
    type,
    time: new Date(now).toISOString(),
    stage: key,
    message,
    ...(current === undefined || total === undefined ? {} : { current, total }),
    ...(type === "started" && expectedSeconds !== undefined ? { expectedSeconds } : {}),
    ...(ends ? { seconds: Math.round(secondsOf(stage, now) * 1000) / 1000 } : {}),
  };
}
