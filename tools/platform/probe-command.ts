/** `bin/platform probe`: whether the API server reaches what it must ask. */

import { probe } from "../../delivery/probe/probe";
import { showFindings } from "./show-findings";

/** Asks the cluster of the kubeconfig in use, and shows what was found. @throws GroundworkError ENGINE_FAILED when something failed */
export async function probeCluster(): Promise<void> {
  showFindings(
    await probe(),
    (count) => `The API server does not reach ${count}.`,
    "Do what the lines above say, then run `bin/platform probe` again.",
  );
}
