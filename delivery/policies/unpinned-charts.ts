/** No chart without an exact version: what a preview showed would not be what an apply brings. */

import { isExactVersion } from "../../settings/platform/charts";
import { formatPath } from "./leaves";
import { plannedInputs, resourceName, type PlannedStep, type PolicyViolation } from "./policy";

/** A chart, and where its version stands. */
interface FoundChart {
  readonly chart: string;
  readonly property: readonly string[];
  readonly version: unknown;
}

/**
 * Finds the charts that a preview shows: Helm's releases, and what ArgoCD is told to bring. The inputs of a Chart of
 * version 4 never reach the engine's events; components/cluster/pinned-charts.ts refuses those while the program runs.
 */
export function unpinnedCharts(steps: readonly PlannedStep[]): PolicyViolation[] {
  return steps.flatMap((step) =>
    chartsIn(step)
      .filter(({ version }) => !isExactVersion(version))
      .map(({ chart, property, version }) => ({
        policy: "unpinned-chart",
        resource: resourceName(step),
        property: formatPath(property),
        what:
          version === undefined
            ? `names no version of ${chart}`
            : `${JSON.stringify(version)} is no exact version of ${chart}`,
        allowed: "one exact version such as 1.21.1",
        remedy: "Write the version whose values were checked; `bin/platform charts` shows newer ones.",
      })),
  );
}

function chartsIn(step: PlannedStep): FoundChart[] {
  const inputs = plannedInputs(step);
  if (inputs === undefined) return [];
  if (/^kubernetes:helm\.sh\/v\d+:/.test(step.type)) {
    return typeof inputs["chart"] === "string"
      ? [{ chart: inputs["chart"], property: ["version"], version: inputs["version"] }]
      : [];
  }
  return step.type.endsWith(":Application") ? sourcesOf(inputs) : [];
}

/** An Application has one source, or a list of them; one from Git names no chart. */
function sourcesOf({ spec }: { readonly spec?: unknown }): FoundChart[] {
  const { source, sources = [] } = (spec ?? {}) as { source?: unknown; sources?: readonly unknown[] };
  const all = [
    { at: ["spec", "source"], of: source },
    ...sources.map((of, index) => ({ at: ["spec", "sources", String(index)], of })),
  ];
  return all.flatMap(({ at, of }) => {
    const { chart, targetRevision } = (of ?? {}) as { chart?: unknown; targetRevision?: unknown };
    return typeof chart === "string" ? [{ chart, property: [...at, "targetRevision"], version: targetRevision }] : [];
  });
}
