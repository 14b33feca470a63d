/** The values of Tempo: one binary, a tenant for each environment, and metrics made of traces. */

import type { PlatformSettings } from "../../settings/platform/platform";
import type { Bucket } from "../cluster/bucket";
import { prometheusUrl } from "./services";

/** What differs from the chart's own values. @param bucket where traces are kept. @default on Tempo's own volume */
export function tempoValues({ retention }: Pick<PlatformSettings, "retention">, bucket?: Bucket) {
  return {
    tempo: {
      // A day unless it is said.
      retention: `${retention.traces * 24}h`,
      reportingEnabled: false,
      multitenancyEnabled: true,
      memBallastSizeMbs: 0,
      storage: { trace: traceStorage(bucket) },
      metricsGenerator,
      overrides: { defaults: { metrics_generator: { processors: ["service-graphs", "span-metrics"] } } },
      extraEnvFrom: bucket === undefined ? [] : [{ secretRef: { name: bucket.secretName } }],
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } },
    },
    persistence: { enabled: true, size: bucket === undefined ? "50Gi" : "10Gi" },
    serviceAccount: { automountServiceAccountToken: false },
    serviceMonitor: { enabled: true },
  };
}

/** Exemplars lead from a point of a curve back to its trace. */
const metricsGenerator = {
  enabled: true,
  // By namespace, as all other metrics are: an environment sees the series of its own alone.
  processor: { span_metrics: { dimension_mappings: [{ name: "namespace", source_labels: ["service.namespace"] }] } },
  storage: {
    path: "/var/tempo/metrics",
    remote_write: [{ url: `${prometheusUrl}/api/v1/write`, send_exemplars: true }],
  },
  traces_storage: { path: "/var/tempo/generator-traces" },
};

function traceStorage(bucket: Bucket | undefined) {
  if (bucket === undefined) return { backend: "local" };
  const { name, endpoint, signingRegion: region } = bucket;
  return { backend: "s3", s3: { bucket: name, endpoint, region, forcepathstyle: true } };
}
