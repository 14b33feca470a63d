/** No public bucket: state, logs and traces are nobody else's affair. */

import { plannedInputs, resourceName, type PlannedStep, type PolicyViolation } from "./policy";

/** Buckets and what lies in them have the same grants. */
const types = [
  "linode:index/objectStorageBucket:ObjectStorageBucket",
  "linode:index/objectStorageObject:ObjectStorageObject",
];

/** Finds each bucket, or object of one, that others than its owner may read or write. */
export function publicBuckets(steps: readonly PlannedStep[]): PolicyViolation[] {
  return steps.flatMap((step) => {
    const inputs = types.includes(step.type) ? plannedInputs(step) : undefined;
    const acl = inputs?.["acl"] ?? "private";
    if (inputs === undefined || acl === "private") return [];
    return [
      {
        policy: "public-bucket",
        resource: resourceName(step),
        property: "acl",
        what: `is ${JSON.stringify(acl)}`,
        allowed: '"private", the default',
        remedy: "Leave acl out; give a reader a limited key, or a signed address that ends.",
      },
    ];
  });
}
