/** What a preview, of an apply or of a rollback, says of the policies and of what the pools cost. */

import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { readStackConfig } from "../../engine/stack-config";
import type { Workspace } from "../../engine/workspace";
import { GroundworkError } from "../../settings/errors";
import { reasonOf } from "../smoke/endpoint";
import { policiesMarkdown } from "./markdown";
import { policyViolations } from "./policies";
import type { PlannedStep, PolicyName, PolicyViolation } from "./policy";
import { clusterRegion, poolCosts, type PoolCost } from "./pool-costs";
import { linodePrices } from "./prices";

/** How long Linode may take to name its prices. */
const limitMs = 10_000;

/** What was found. */
export interface PolicyReport {
  /** What must not pass. */
  readonly violations: readonly PolicyViolation[];
  /** The part of the preview's summary that tells of violations and costs; empty where there is nothing to tell. */
  readonly markdown: string;
}

/** Collects the steps of a preview, of which each event is given to `read`. */
export function stepCollector(): { read(event: EngineEvent): void; steps(): readonly PlannedStep[] } {
  const steps: PlannedStep[] = [];
  return {
    read(event) {
      const step = event.resourcePreEvent?.metadata;
      // Looking at what is real comes before the plan, and plans nothing.
      if (step !== undefined && step.op !== "refresh") steps.push(step);
    },
    steps: () => steps,
  };
}

/** Judges a preview. A price that nobody can tell is told as such, and holds up nothing. @param labels of the pull request */
export async function judgePreview(
  workspace: Workspace,
  steps: readonly PlannedStep[],
  labels: readonly string[],
  signal: AbortSignal,
): Promise<PolicyReport> {
  const config = readStackConfig(workspace);
  const violations = policyViolations({ stack: workspace.stack, steps, config, labels });
  const costs = await costsOf(steps, signal);
  return { violations, markdown: policiesMarkdown(violations, costs) };
}

/**
 * Judges a way back. An old commit cannot be mended, and is of no pull request that could have a label: what lets it pass is
 * that whoever runs it names the policy.
 *
 * @param allowed what was named; its violations are told, and not refused
 */
export async function judgeRollback(
  workspace: Workspace,
  steps: readonly PlannedStep[],
  allowed: readonly PolicyName[],
  signal: AbortSignal,
): Promise<PolicyReport> {
  const config = readStackConfig(workspace);
  const isAllowed = ({ policy }: PolicyViolation): boolean => allowed.includes(policy);
  const found = policyViolations({ stack: workspace.stack, steps, config, labels: [] }).map((violation) => ({
    ...violation,
    remedy: isAllowed(violation) ? "It passes, as was said." : `If that is meant, add \`--allow ${violation.policy}\`.`,
  }));
  const markdown = policiesMarkdown(found, await costsOf(steps, signal));
  return { violations: found.filter((violation) => !isAllowed(violation)), markdown };
}

/** To be called when everybody has been told. @throws GroundworkError POLICY_VIOLATED with every violation */
export function refuseViolations(stack: string, { violations }: PolicyReport): void {
  if (violations.length === 0) return;
  throw new GroundworkError("POLICY_VIOLATED", `The change of stack ${stack} is against the policies.`, {
    violations: violations.map(({ policy, resource, property = "", what, allowed, remedy }) => ({
      key: [resource, property].filter((part) => part !== "").join(" "),
      message: `${what} (${policy}); allowed: ${allowed}. ${remedy}`,
      allowed,
    })),
  });
}

async function costsOf(steps: readonly PlannedStep[], signal: AbortSignal): Promise<readonly PoolCost[] | string> {
  const region = clusterRegion(steps);
  if (region === undefined) return [];
  try {
    return poolCosts(steps, await linodePrices(region, AbortSignal.any([signal, AbortSignal.timeout(limitMs)])));
  } catch (error) {
    return reasonOf(error);
  }
}
