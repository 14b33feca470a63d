/** Where what is watched of a platform is kept. */

/** The namespace of all that keeps and shows; its pods may do nothing to their node. */
export const monitoringNamespace = "monitoring";

/** The services there that answer questions, by plain HTTP, as their charts name them. */
export const keepers = {
  /** Metrics, with a writing end for others'. */
  prometheus: { service: "prometheus-prometheus", port: 9090 },
  /** Logs, for writing and reading. Each request names a tenant. */
  loki: { service: "loki", port: 3100 },
  /** Traces, for reading; they come in at 4317 (gRPC) and 4318 (HTTP) of the same name. */
  tempo: { service: "tempo", port: 3200 },
} as const;

/** One of {@link keepers}. */
export type Keeper = keyof typeof keepers;
