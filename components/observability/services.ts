/** Where the parts of what is watched find each other: names and ports of the charts' services. */

/** The namespace of all that keeps and shows; its pods may do nothing to their node. */
export const monitoringNamespace = "monitoring";

/** The namespace of what reads from each node: its pods see the node's files, and nothing else lives there. */
export const nodeAgentsNamespace = "node-agents";

/** Prometheus, with its writing end for others' metrics. */
export const prometheusUrl = `http://prometheus-prometheus.${monitoringNamespace}.svc:9090`;
/** Loki, for writing and reading. Each request names a tenant. */
export const lokiUrl = `http://loki.${monitoringNamespace}.svc:3100`;
/** Tempo, for reading; traces come in at 4317 (gRPC) and 4318 (HTTP) of the same name. */
export const tempoUrl = `http://tempo.${monitoringNamespace}.svc:3200`;
