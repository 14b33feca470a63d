/** `bin/platform probe`: whether the API server reaches what it must ask. */

import { failuresIn, findingLines } from "../../delivery/finding";
import { probe } from "../../delivery/probe/probe";
import { GroundworkError } from "../../settings/errors";

/** Asks the cluster of the kubeconfig in use, and shows what was found. @throws GroundworkError ENGINE_FAILED when something failed */
export async function probeCluster(): Promise<void> {
  const results = await probe();
  process.stdout.write(`${findingLines(results)}\n`);
  const failed = failuresIn(results);
  if (failed.length === 0) return;
  throw new GroundworkError("ENGINE_FAILED", `The API server does not reach ${failed.length} of ${results.length}.`, {
    suggestion: "Do what the lines above say, then run `bin/platform probe` again.",
  });
}
