/** Whether a platform is well after an apply. */

import pRetry from "p-retry";
import type { ClusterAccess } from "../../host/kubectl";
import { GroundworkError } from "../../settings/errors";
import { isAutomatic, nameOf, type Application } from "../argocd/application";
import { listApplications } from "../argocd/bring-back";
import type { DeliveryContext } from "../context";

/** How long is waited. */
export interface VerificationOptions {
  /** Charts of a whole platform come up in minutes; images are pulled meanwhile. @default a quarter of an hour */
  readonly limitMs?: number;
  /** Between two looks. @default five seconds */
  readonly pauseMs?: number;
}

/**
 * Waits until every application of the environments is well.
 *
 * @returns what was found, for people
 * @throws ENGINE_FAILED naming those that are not well when the time is over
 */
export async function verifyApplications(
  cluster: ClusterAccess,
  context: Pick<DeliveryContext, "signal" | "say">,
  { limitMs = 15 * 60_000, pauseMs = 5000 }: VerificationOptions = {},
): Promise<string> {
  context.say("Waiting until ArgoCD's applications are Synced and Healthy.");
  const options = {
    retries: Number.POSITIVE_INFINITY,
    factor: 1,
    minTimeout: pauseMs,
    maxRetryTime: limitMs,
    signal: context.signal,
  };
  const count = await pRetry(async () => refuseUnwell(await listApplications(cluster)), options);
  return `Applications that are Synced and Healthy: ${count}.`;
}

/** How many there are. One that ArgoCD does not sync by itself waits for a person to sync it, and has to be healthy alone. */
export function refuseUnwell(applications: readonly Application[]): number {
  const violations = applications.filter(isUnwell).map(({ metadata, status: { sync, health } }) => {
    const why = health?.message === undefined ? "" : `: ${health.message}`;
    const found = `${sync?.status ?? "Unknown"} and ${health?.status ?? "Unknown"}`;
    return { key: nameOf(metadata), message: `is ${found}${why}; allowed: Synced and Healthy` };
  });
  if (violations.length === 0) return applications.length;
  throw new GroundworkError("ENGINE_FAILED", "The plan was applied, and not every application is well.", {
    violations,
    suggestion:
      "Look at them in ArgoCD; when they are well, `bin/delivery drift` tells whether the rest is as promised.",
  });
}

function isUnwell(application: Application): boolean {
  const { sync, health } = application.status;
  return health?.status !== "Healthy" || (isAutomatic(application) && sync?.status !== "Synced");
}
