/** `bin/platform probe`: whether the API server reaches what it must ask. */

import { probe, type ProbeResult } from "../../delivery/probe/probe";
import { GroundworkError } from "../../settings/errors";

/** Each result in a line, those that failed first. */
export function probeText(results: readonly ProbeResult[]): string {
  const failedFirst = [...results].sort(
    (one, other) => Number(other.outcome === "failed") - Number(one.outcome === "failed"),
  );
  return failedFirst.map(({ subject, outcome, message }) => `${outcome}: ${subject}: ${message}`).join("\n");
}

/** Asks the cluster of the kubeconfig in use, and shows what was found. @throws GroundworkError ENGINE_FAILED when something failed */
export async function probeCluster(): Promise<void> {
  const results = await probe();
  process.stdout.write(`${probeText(results)}\n`);
  const failed = results.filter(({ outcome }) => outcome === "failed");
  if (failed.length === 0) return;
  throw new GroundworkError("ENGINE_FAILED", `The API server does not reach ${failed.length} of ${results.length}.`, {
    suggestion: "Do what the lines above say, then run `bin/platform probe` again.",
  });
}
