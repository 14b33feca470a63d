/** Where the parts of what is watched find each other. */

import { keepers, monitoringNamespace, type Keeper } from "../../settings/platform/monitoring";

/** The namespace of what reads from each node: its pods see the node's files, and nothing else lives there. */
export const nodeAgentsNamespace = "node-agents";

/** Prometheus, inside the cluster. */
export const prometheusUrl = urlOf("prometheus");
/** Loki, inside the cluster. */
export const lokiUrl = urlOf("loki");
/** Tempo, inside the cluster, for reading. */
export const tempoUrl = urlOf("tempo");

function urlOf(keeper: Keeper): string {
  const { service, port } = keepers[keeper];
  return `http://${service}.${monitoringNamespace}.svc:${String(port)}`;
}
