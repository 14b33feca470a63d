/** What nodes and pods use now, for `kubectl top` and for autoscalers of pods. */

import type * as pulumi from "@pulumi/pulumi";
import { release } from "./release";

/** The values of the release `metrics-server`. A kubelet of LKE's shows a certificate that nothing in the cluster vouches for. */
export function metricsServerValues() {
  return {
    args: ["--kubelet-insecure-tls"],
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
  };
}

/**
 * metrics-server where the cluster brings none: LKE does not, k3s does. In kube-system, where its own manifests put it: the API
 * server asks it for each of these answers, and there nothing stands between them.
 */
export function metricsServer(mirror: string | undefined, options: pulumi.ComponentResourceOptions): void {
  release("metrics-server", { namespace: "kube-system", values: metricsServerValues(), mirror }, options);
}
