/** Why a plan must not be applied. Pure. */

import { GroundworkError, type Violation } from "../../settings/errors";
import type { RunFacts } from "../context";
import type { PlanRecord } from "./plan-records";
import type { SavedPlan } from "./saved-plan";

/** What a plan is held against. */
export interface PlanSurroundings {
  readonly stack: string;
  readonly commit: RunFacts["commit"];
  readonly programHash: string;
  /** Of the state as it is now. */
  readonly stateHash: string;
  readonly record: PlanRecord;
  readonly now: Date;
  /** How old the plan may be. */
  readonly longestHours: number;
}

/** Clocks of two machines may differ by so much. */
const skewMinutes = 5;
const minuteMs = 60_000;

/** Every reason, not the first alone; none where the plan may be applied. */
export function reasonsAgainst(plan: SavedPlan, surroundings: PlanSurroundings): readonly Violation[] {
  const { manifest, planHash } = plan;
  const { stack, commit, programHash, stateHash, record } = surroundings;
  const made = isoMinute(manifest.createdAt);
  const reasons = [
    manifest.stack !== stack && {
      key: "stack",
      message: `the plan is for the stack ${manifest.stack}; this is ${stack}`,
    },
    manifest.commit !== commit && {
      key: "commit",
      message: `the plan is of commit ${manifest.commit}; checked out is ${commit}`,
    },
    manifest.programHash !== programHash && {
      key: "program",
      message: "the plan was made by other sources than those that are built here",
    },
    manifest.stateHash !== stateHash && {
      key: "state",
      message: `the state has changed since the plan was made at ${made}`,
    },
    manifest.planHash !== planHash && {
      key: "plan.json",
      message: "the plan's file is not the one that its manifest is of: it was changed, or damaged on its way",
    },
    !record.isKnown && {
      key: "manifest.json",
      message:
        "no preview has left this manifest beside the state: a policy refused it, it was changed, or the plan was made elsewhere",
    },
    !manifest.withRefresh && {
      key: "refresh",
      message: "the plan was made without a look at what is real; repairs would be left out in silence",
    },
    ...ageReasons(manifest.createdAt, surroundings),
    record.ended?.outcome === "succeeded" && {
      key: "applied",
      message: `the plan was applied already, at ${isoMinute(record.ended.at)} by ${record.ended.actor}`,
    },
  ];
  return reasons.filter((reason) => reason !== false);
}

function ageReasons(createdAt: string, { now, longestHours }: PlanSurroundings): (Violation | false)[] {
  const ageMinutes = (now.getTime() - Date.parse(createdAt)) / minuteMs;
  return [
    ageMinutes > longestHours * 60 && {
      key: "age",
      message: `the plan was made at ${isoMinute(createdAt)}, ${Math.floor(ageMinutes / 60)} hours ago; allowed: ${longestHours}`,
    },
    ageMinutes < -skewMinutes && {
      key: "age",
      message: `the plan is of ${isoMinute(createdAt)}, ${Math.ceil(-ageMinutes)} minutes from now; one of the two clocks is wrong`,
    },
  ];
}

/** The error of a plan that must not be applied. */
export function planRefused(stack: string, reasons: readonly Violation[]): GroundworkError {
  return new GroundworkError("PLAN_REFUSED", `This plan is not applied to the stack ${stack}; nothing was changed.`, {
    violations: reasons,
    suggestion: `Run \`bin/delivery preview -s ${stack} --out plan\` for a new plan, have it approved, and apply that one.`,
  });
}

/** To the minute, in UTC. */
function isoMinute(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}
