/** The cluster of a platform's stack, as the stack itself knows it. */

import { stackOutput } from "../../engine/operations";
import { getStackConfig } from "../../engine/stack-config";
import type { Workspace } from "../../engine/workspace";
import type { ClusterAccess } from "../../host/kubectl";

/** Undefined for a stack that is no platform, or has no cluster yet. */
export async function clusterOf(workspace: Workspace): Promise<ClusterAccess | undefined> {
  if (getStackConfig(workspace, ["groundwork:kind"]) !== "platform") return undefined;
  const kubeconfig = await stackOutput(workspace, "kubeconfig");
  if (typeof kubeconfig !== "string") return undefined;
  const context = getStackConfig(workspace, ["groundwork:platform", "cluster", "existing", "context"]);
  return { kubeconfig, ...(typeof context === "string" ? { context } : {}) };
}
