/** Whether a platform is well after an apply: its applications, what the API server reaches, and what a user would see. */

import pRetry from "p-retry";
import { withKubeconfig, type ClusterAccess } from "../../host/kubectl";
import { GroundworkError, messageOf } from "../../settings/errors";
import type { SmokeTest } from "../../settings/platform/smoke-tests";
import { foundOf, nameOf, whyUnwell, type Application } from "../argocd/application";
import { listApplications } from "../argocd/bring-back";
import type { DeliveryContext } from "../context";
import type { Finding } from "../finding";
import { probe } from "../probe/probe";
import { runSmokeTests } from "../smoke/run";
import type { CheckGroup } from "./verification-report";

/** How long is waited. */
export interface VerificationOptions {
  /** For applications: charts of a whole platform come up in minutes; images are pulled meanwhile. @default a quarter of an hour */
  readonly limitMs?: number;
  /** Between two looks at them. @default five seconds */
  readonly pauseMs?: number;
  /** For each webhook and each API. @default as the probe has it */
  readonly probeLimitMs?: number;
  /** For each smoke check. @default as the smoke tests have it */
  readonly smokeLimitMs?: number;
}

/**
 * Waits until every application of the environments is well, then looks at the rest.
 *
 * @returns what was found, all of it, whether well or not
 * @throws the signal's reason when it is aborted, or what kept it from listing the applications even once
 */
export async function checkPlatform(
  cluster: ClusterAccess,
  stack: string,
  smokeTests: readonly SmokeTest[],
  { signal, say }: Pick<DeliveryContext, "signal" | "say">,
  options: VerificationOptions = {},
): Promise<readonly CheckGroup[]> {
  say("Waiting until ArgoCD's applications are Synced and Healthy.");
  const applications = await applicationFindings(cluster, signal, options);
  say("Asking webhooks and APIs, and running the smoke tests.");
  const { probeLimitMs, smokeLimitMs } = options;
  return await withKubeconfig(cluster.kubeconfig, async (kubeconfig) => {
    const asked = { kubeconfig, context: cluster.context, signal };
    const asking = [
      findingsOf("webhooks and APIs", signal, () => probe({ ...asked, limitMs: probeLimitMs })),
      runSmokeTests(smokeTests, { ...asked, limitMs: smokeLimitMs }),
    ] as const;
    // Both to their end, also where one fails: the other has tunnels, and needs the kubeconfig.
    await Promise.allSettled(asking);
    const [reached, seen] = await Promise.all(asking);
    return [
      { name: "application", command: "kubectl get applications.argoproj.io -A", findings: applications },
      { name: "probe", command: "bin/platform probe", findings: reached },
      { name: "smoke test", command: `bin/platform smoke -s ${stack}`, findings: seen },
    ];
  });
}

/** Looks until all are well, or the limit is over; the last look. @throws what kept it from looking even once */
async function applicationFindings(
  cluster: ClusterAccess,
  signal: AbortSignal,
  { limitMs = 15 * 60_000, pauseMs = 5000 }: VerificationOptions,
): Promise<readonly Finding[]> {
  let last: readonly Finding[] | undefined;
  const look = async (): Promise<void> => {
    const listed = async () => (await listApplications(cluster)).map(findingOf);
    last = await findingsOf("applications", signal, listed);
    if (last.some(({ outcome }) => outcome === "failed")) throw new Error("not yet");
  };
  const retry = { retries: Number.POSITIVE_INFINITY, factor: 1, minTimeout: pauseMs, maxRetryTime: limitMs, signal };
  await pRetry(look, retry).catch((error: unknown) => {
    signal.throwIfAborted();
    if (last === undefined) throw error;
  });
  return last ?? [];
}

function findingOf(application: Application): Finding {
  const wrong = whyUnwell(application);
  const subject = nameOf(application.metadata);
  if (wrong !== undefined) return { subject, outcome: "failed", message: wrong };
  return { subject, outcome: "passed", message: `is ${foundOf(application)}` };
}

/** What cannot be asked has not passed. */
async function findingsOf(
  subject: string,
  signal: AbortSignal,
  ask: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GroundworkError)) throw error;
    return [{ subject, outcome: "failed", message: messageOf(error) }];
  }
}
