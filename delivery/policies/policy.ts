/** What a policy reads and what it answers. */

import type { StepEventMetadata } from "@pulumi/pulumi/automation/events";

/** A step of a preview, as the engine tells it; `op: "same"` is one too. */
export type PlannedStep = Pick<StepEventMetadata, "op" | "urn" | "type" | "old" | "new" | "detailedDiff">;

/** The names of all policies. */
export const policyNames = ["plain-secret", "public-bucket", "unpinned-chart", "replacement"] as const;

/** The name of a policy. */
export type PolicyName = (typeof policyNames)[number];

/** One thing that a policy does not let pass. */
export interface PolicyViolation {
  readonly policy: PolicyName;
  /** The resource's type and name, or the file that holds what is wrong. */
  readonly resource: string;
  /** The path inside it. @default the resource as a whole */
  readonly property?: string;
  /** What is wrong. Never a secret. */
  readonly what: string;
  /** What is allowed instead. */
  readonly allowed: string;
  /** What lets it pass. */
  readonly remedy: string;
}

/** The short name of a resource for people: its type's last part and its own name, `LkeCluster cluster`. */
export function resourceName({ urn, type }: Pick<PlannedStep, "urn" | "type">): string {
  return `${type.split(":").at(-1) ?? type} ${urn.split("::").at(-1) ?? urn}`;
}

/** What the stack is to declare of a resource; undefined where it is to be gone. */
export function plannedInputs({ op, new: planned }: PlannedStep): Readonly<Record<string, unknown>> | undefined {
  return op.startsWith("delete") ? undefined : planned?.inputs;
}

/** What it declared before; undefined where it was not there. */
export function formerInputs({ op, old }: PlannedStep): Readonly<Record<string, unknown>> | undefined {
  return op === "create" ? undefined : old?.inputs;
}
