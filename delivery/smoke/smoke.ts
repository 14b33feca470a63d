/**
 * Whether an application that was delivered is really there: asked from outside, as its users would, and looked for where
 * metrics, logs and traces are kept. One request is made, and found again by its trace's id.
 */

import { randomBytes } from "node:crypto";
import pRetry from "p-retry";
import type { Outcome } from "../finding";
import {
  applicationCheck,
  logCheck,
  metricsCheck,
  nameCheck,
  pageCheck,
  traceCheck,
  type Check,
  type SmokeTarget,
} from "./checks";
import { reasonOf } from "./endpoint";

/** What is checked, in the order it is shown in. */
const checkNames = ["name", "page", "metrics", "log", "trace", "application"] as const;

/** One of {@link checkNames}. */
export type CheckName = (typeof checkNames)[number];

/** How one check ended. */
export interface CheckResult {
  readonly check: CheckName;
  readonly outcome: Outcome;
  /** What was found, or what was wrong at the last attempt. */
  readonly message: string;
  /** How long it took. */
  readonly milliseconds: number;
}

/** How long is waited. */
export interface SmokeOptions {
  /** For each check: what was just delivered is not seen at once. @default two minutes */
  readonly limitMs?: number | undefined;
  /** Between two attempts. @default two seconds */
  readonly pauseMs?: number;
  /** Aborted: all checks end. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** What a request is found by: only when there was one. */
const ofRequest: Readonly<Partial<Record<CheckName, Check>>> = { log: logCheck, trace: traceCheck };
const others: Readonly<Partial<Record<CheckName, Check>>> = { metrics: metricsCheck, application: applicationCheck };

/** Runs every check, each until it passes or its limit is over. Never throws for what it finds. */
export async function smoke(target: SmokeTarget, options: SmokeOptions = {}): Promise<readonly CheckResult[]> {
  const trace = randomBytes(16).toString("hex");
  const run = (name: CheckName, check: Check) => untilPassed(name, check, target, trace, options);
  const runAll = (checks: Readonly<Partial<Record<CheckName, Check>>>) =>
    Promise.all(Object.entries(checks).map(([name, check]) => run(name as CheckName, check)));

  const [before, independent] = await Promise.all([throughTheDoor(run, runAll), runAll(others)]);
  const results = [...before, ...independent];
  return results.sort((one, other) => checkNames.indexOf(one.check) - checkNames.indexOf(other.check));
}

/** First the name, then the page, then what the request left behind. */
async function throughTheDoor(
  run: (name: CheckName, check: Check) => Promise<CheckResult>,
  runAll: (checks: typeof ofRequest) => Promise<CheckResult[]>,
): Promise<CheckResult[]> {
  const name = await run("name", nameCheck);
  const page = name.outcome === "passed" ? await run("page", pageCheck) : notTried("page", "the name has no address");
  if (page.outcome === "passed") return [name, page, ...(await runAll(ofRequest))];
  return [name, page, ...(Object.keys(ofRequest) as CheckName[]).map((check) => notTried(check, "no request arrived"))];
}

function notTried(check: CheckName, why: string): CheckResult {
  return { check, outcome: "not tried", message: why, milliseconds: 0 };
}

async function untilPassed(
  check: CheckName,
  attempt: Check,
  target: SmokeTarget,
  trace: string,
  { limitMs = 120_000, pauseMs = 2000, signal }: SmokeOptions,
): Promise<CheckResult> {
  const began = performance.now();
  const limit = AbortSignal.timeout(limitMs);
  const either = signal === undefined ? limit : AbortSignal.any([limit, signal]);
  let last = "it was stopped before the first attempt ended";
  const ended = (outcome: Outcome, message: string): CheckResult => {
    return { check, outcome, message, milliseconds: Math.round(performance.now() - began) };
  };
  try {
    const found = await pRetry(() => attempt(target, trace, either), {
      retries: Number.POSITIVE_INFINITY,
      factor: 1,
      minTimeout: pauseMs,
      signal: either,
      onFailedAttempt({ error }) {
        // An attempt that the limit cut off says less than the one before.
        if (!either.aborted) last = reasonOf(error);
      },
    });
    return ended("passed", found);
  } catch (error) {
    return ended("failed", either.aborted ? last : reasonOf(error));
  }
}
