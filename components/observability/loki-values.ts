/** The values of Loki: one binary, a tenant for each environment, and what is too old really goes. */

import { auditDays, auditJob } from "../../settings/platform/audit";
import type { PlatformSettings } from "../../settings/platform/platform";
import type { Bucket } from "../cluster/bucket";

const hoursOfDay = 24;
const off = { enabled: false };
const none = { replicas: 0 };

/** What differs from the chart's own values. @param bucket where chunks are kept. @default on Loki's own volume */
export function lokiValues({ retention }: Pick<PlatformSettings, "retention">, bucket?: Bucket) {
  return {
    deploymentMode: "Monolithic",
    // Zero unless it is said.
    singleBinary: {
      replicas: 1,
      sidecar: false,
      persistence: { size: bucket === undefined ? "50Gi" : "10Gi" },
      resources,
    },
    read: none,
    write: none,
    backend: none,
    loki: {
      // 3.7.0 to 3.7.6, the chart's own, lose chunks on buckets like Linode's: https://github.com/grafana/loki/issues/24206
      image: { tag: "3.7.7" },
      analytics: { reporting_enabled: false },
      // One process finds itself without asking the network.
      commonConfig: { replication_factor: 1, ring: { kvstore: { store: "inmemory" } } },
      schemaConfig: schemaConfig(bucket === undefined ? "filesystem" : "s3"),
      storage: storageOf(bucket),
      compactor: {
        working_directory: "/var/loki/retention",
        retention_enabled: true,
        delete_request_store: bucket === undefined ? "filesystem" : "s3",
      },
      limits_config: limits(retention.logs),
      querier: { multi_tenant_queries_enabled: true },
    },
    global: { extraEnvFrom: bucket === undefined ? [] : [{ secretRef: { name: bucket.secretName } }] },
    monitoring: { serviceMonitor: { enabled: true } },
    ...unused,
  };
}

const resources = { requests: { cpu: "200m", memory: "512Mi" }, limits: { memory: "2Gi" } };

/** The caches ask for 11 GiB of memory; the gateway, the canary and the rules are for larger installations. */
const unused = {
  chunksCache: off,
  resultsCache: off,
  gateway: off,
  lokiCanary: off,
  test: off,
  ruler: off,
  sidecar: { rules: off },
  // Without the sidecar the cluster's role would be one with an empty list of rules, which the API server keeps as none: drift for ever.
  rbac: { namespaced: true },
};

/** A later schema is a second entry with its day: what is written stays readable by the first. */
function schemaConfig(objectStore: "s3" | "filesystem") {
  const index = { prefix: "index_", period: "24h" };
  return { configs: [{ from: "2026-01-01", store: "tsdb", object_store: objectStore, schema: "v13", index }] };
}

function storageOf(bucket: Bucket | undefined) {
  if (bucket === undefined) return { type: "filesystem" };
  const { name, endpoint, signingRegion: region } = bucket;
  return { type: "s3", bucketNames: { chunks: name }, s3: { endpoint, region, s3ForcePathStyle: true } };
}

/**
 * The audit is kept for its own time. Records may come late, with the next run of a runner that was cut off: what is as old
 * as it may become is still taken, where Loki's own limit is a week.
 */
function limits(logDays: number) {
  const auditRetention = { selector: `{job="${auditJob}"}`, priority: 1, period: hours(auditDays) };
  return {
    retention_period: hours(logDays),
    retention_stream: [auditRetention],
    reject_old_samples: true,
    reject_old_samples_max_age: hours(auditDays),
    allow_structured_metadata: true,
  };
}

function hours(days: number): string {
  return `${days * hoursOfDay}h`;
}
