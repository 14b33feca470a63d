/** Whether what was applied is really there. */

import { GroundworkError } from "../../settings/errors";
import { clusterOf } from "../checkpoints/platform";
import type { DeliveryContext } from "../context";
import { findDrift } from "./find-drift";
import { verifyApplications } from "./platform-verification";

/** What was found, for people. @throws GroundworkError where it is not as promised */
export async function verifyApplied(context: DeliveryContext): Promise<string> {
  const cluster = await clusterOf(context.workspace);
  if (cluster !== undefined) return verifyApplications(cluster, context);
  const drift = await findDrift(context);
  if (drift.length === 0) return "What is real is as promised.";
  const violations = drift.flatMap(({ name, properties, isGone }) =>
    isGone
      ? [{ key: name, message: "is gone" }]
      : properties.map(({ path }) => ({ key: name, message: `${path} is not as promised` })),
  );
  throw new GroundworkError("ENGINE_FAILED", "The plan was applied, and what is real is not as promised.", {
    violations,
  });
}
