/** Whether what was applied is really there. */

import type { ClusterAccess } from "../../host/kubectl";
import { GroundworkError } from "../../settings/errors";
import { clusterOf } from "../checkpoints/platform";
import type { DeliveryContext } from "../context";
import { configuredSmokeTests } from "../smoke/configured";
import { findDrift } from "./find-drift";
import { checkPlatform, type VerificationOptions } from "./platform-verification";
import { checksText, refuseFailed } from "./verification-report";

/** Shows what was found. @throws GroundworkError ENGINE_FAILED where it is not as promised */
export async function verifyApplied(context: DeliveryContext): Promise<void> {
  const cluster = await clusterOf(context.workspace);
  await (cluster === undefined ? verifyInstances(context) : verifyPlatform(cluster, context));
}

/** {@link verifyApplied} of a platform. @param options how long is waited */
export async function verifyPlatform(
  cluster: ClusterAccess,
  context: Pick<DeliveryContext, "workspace" | "signal" | "say" | "show">,
  options?: VerificationOptions,
): Promise<void> {
  const { stack } = context.workspace;
  const smokeTests = configuredSmokeTests(context.workspace);
  const groups = await checkPlatform(cluster, stack, smokeTests, context, options);
  context.show(checksText(stack, groups, smokeTests.length > 0));
  refuseFailed(groups);
}

async function verifyInstances(context: DeliveryContext): Promise<void> {
  const drift = await findDrift(context);
  if (drift.length === 0) {
    context.show("What is real is as promised.");
    return;
  }
  const violations = drift.flatMap(({ name, properties, isGone }) =>
    isGone
      ? [{ key: name, message: "is gone" }]
      : properties.map(({ path }) => ({ key: name, message: `${path} is not as promised` })),
  );
  throw new GroundworkError("ENGINE_FAILED", "The plan was applied, and what is real is not as promised.", {
    violations,
  });
}
