/** All policies on a preview. Pure: what is planned and what was said of it, in; what must not pass, out. */

import { plainSecretsInConfig, plainSecretsInState } from "./plain-secrets";
import type { PlannedStep, PolicyViolation } from "./policy";
import { publicBuckets } from "./public-buckets";
import { unlabelledReplacements } from "./replacements";
import { unpinnedCharts } from "./unpinned-charts";

/** What is judged. */
export interface Planned {
  readonly stack: string;
  /** Every step of the preview, also those that change nothing. */
  readonly steps: readonly PlannedStep[];
  /** The block `config` of `Pulumi.<stack>.yaml`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The labels of the pull request. */
  readonly labels: readonly string[];
}

/** Everything that must not pass, not the first alone. */
export function policyViolations({ stack, steps, config, labels }: Planned): PolicyViolation[] {
  return [
    ...plainSecretsInConfig(stack, config),
    ...plainSecretsInState(steps),
    ...publicBuckets(steps),
    ...unpinnedCharts(steps),
    ...unlabelledReplacements(steps, labels),
  ];
}
