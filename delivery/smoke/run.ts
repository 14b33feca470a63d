/** Runs smoke tests on a platform's cluster. */

import type { SmokeTest } from "../../settings/platform/smoke-tests";
import { readApplication } from "../argocd/application";
import type { Finding } from "../finding";
import { getObjects, type ClusterChoice } from "../kubectl";
import type { SmokeTarget } from "./checks";
import { smoke, type SmokeOptions } from "./smoke";
import { withWays, type Ways } from "./ways";

/** Which cluster is meant, and how long is waited. */
export type SmokeRunOptions = ClusterChoice & SmokeOptions;

/**
 * Runs all of them at once, in the order that they are told in. Nothing of it is left behind.
 *
 * @throws the signal's reason when it is aborted; never for what it finds
 */
export async function runSmokeTests(
  tests: readonly SmokeTest[],
  options: SmokeRunOptions = {},
): Promise<readonly Finding[]> {
  const found = await withWays(options, (ways) => Promise.all(tests.map((test) => runOne(test, ways, options))));
  options.signal?.throwIfAborted();
  return found.flat();
}

async function runOne(test: SmokeTest, ways: Ways, options: SmokeRunOptions): Promise<Finding[]> {
  const { environment, application } = test;
  const { kubeconfig, context } = options;
  const what = ["applications.argoproj.io", application, "--namespace", environment];
  const target: SmokeTarget = {
    ...test,
    ...ways,
    argocd: async (signal) => readApplication(await getObjects(what, { kubeconfig, context, signal })),
  };
  const results = await smoke(target, options);
  return results.map(({ check, outcome, message }) => ({
    subject: `${environment}/${application}: ${check}`,
    outcome,
    message,
  }));
}
