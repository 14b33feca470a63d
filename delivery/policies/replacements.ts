/** No replacement or deletion of a cluster, a pool or a bucket that nobody has said yes to: what is in it is gone. */

import { resourceName, type PlannedStep, type PolicyViolation } from "./policy";

/** The label on a pull request that says yes. */
const replacementLabel = "allow-replacement";

const clusterType = "linode:index/lkeCluster:LkeCluster";

/** What holds data or work that nothing else holds, and what is lost with it. */
const kept: Readonly<Record<string, string>> = {
  [clusterType]: "all that runs on it and its volumes",
  "linode:index/lkeNodePool:LkeNodePool": "its nodes, with what runs on them",
  "linode:index/objectStorageBucket:ObjectStorageBucket": "all that lies in it",
};

/** The steps that end a resource. One replacement is several steps. */
const endings = { delete: "deleted", replace: "replaced", "delete-replaced": "replaced" } as const;

/** A pool inside the cluster's own resource goes when it leaves the list, and when its type changes. */
const ownPool = /^pools\[\d+\](\.type)?$/;

/** @param labels those of the pull request that brings the change */
export function unlabelledReplacements(steps: readonly PlannedStep[], labels: readonly string[]): PolicyViolation[] {
  if (labels.includes(replacementLabel)) return [];
  const found = steps.flatMap((step) => [...endedWhole(step), ...endedPools(step)]);
  const byPlace = new Map(found.map((one) => [`${one.resource} ${one.property ?? ""}`, one]));
  return [...byPlace.values()];
}

function endedWhole(step: PlannedStep): PolicyViolation[] {
  const lost = kept[step.type];
  const how = step.op in endings ? endings[step.op as keyof typeof endings] : undefined;
  if (lost === undefined || how === undefined) return [];
  return [violation(step, `is ${how}, and with it ${lost}`)];
}

function endedPools(step: PlannedStep): PolicyViolation[] {
  if (step.type !== clusterType || step.op !== "update") return [];
  const ended = Object.entries(step.detailedDiff ?? {}).filter(
    ([path, { diffKind }]) => ownPool.test(path) && !diffKind.startsWith("add"),
  );
  return ended.map(([path]) => ({
    ...violation(step, "is a pool that is replaced or deleted, and with it its nodes"),
    property: path,
  }));
}

function violation(step: PlannedStep, what: string): PolicyViolation {
  return {
    policy: "replacement",
    resource: resourceName(step),
    what,
    allowed: `a pull request with the label ${replacementLabel}`,
    remedy: `If that is meant, put the label ${replacementLabel} on the pull request, then run this job again.`,
  };
}
