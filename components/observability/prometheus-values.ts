/** The values of kube-prometheus-stack: Prometheus, Alertmanager, their operator, and what tells of nodes and objects. */

import type { PlatformSettings } from "../../settings/platform/platform";
import { nodeAgentsNamespace } from "./services";

/** The Secret that Alertmanager reads its routes from: with its webhook they are no text for values. */
export const alertmanagerSecret = "alertmanager-routes";

/** The volume of the metrics; Prometheus deletes the oldest before it is full. */
const volumeGiB = 50;

const off = { enabled: false };

/** What differs from the chart's own values. */
export function prometheusValues({ retention }: Pick<PlatformSettings, "retention">) {
  return {
    fullnameOverride: "prometheus",
    cleanPrometheusOperatorObjectNames: true,
    crds: off,
    // Rules and dashboards are our own: few, each with a runbook.
    defaultRules: { create: false },
    grafana: { ...off, forceDeployDashboards: false, forceDeployDatasources: false },
    ...notReachableOnLke,
    prometheusOperator: operator,
    prometheus: { service: { port: 9090 }, prometheusSpec: prometheusSpec(retention.metrics) },
    alertmanager: { alertmanagerSpec },
    "kube-state-metrics": kubeStateMetrics,
    "prometheus-node-exporter": nodeExporter,
  };
}

/** LKE runs these where no pod reaches them; the API server's metrics are LKE's affair too, and a third of all series. */
const notReachableOnLke = {
  kubeApiServer: off,
  kubeControllerManager: off,
  kubeScheduler: off,
  kubeEtcd: off,
  kubeProxy: off,
};

/**
 * The webhook's certificate comes from cert-manager: the chart's own way is a hook, and hooks do not run. Where the API server
 * cannot reach the webhook, rules are taken unchecked; nothing else that is applied waits for it.
 */
const operator = {
  admissionWebhooks: { failurePolicy: "Ignore", certManager: { enabled: true }, patch: off },
  resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
};

function prometheusSpec(days: number) {
  return {
    retention: `${days}d`,
    retentionSize: `${Math.floor(volumeGiB * 0.85)}GiB`,
    storageSpec: volumeClaim(volumeGiB),
    // Tempo writes what it counts of traces.
    enableRemoteWriteReceiver: true,
    // From a point of a curve to the trace behind it.
    enableFeatures: ["exemplar-storage"],
    exemplars: { maxSize: 100_000 },
    // Monitors and rules of every chart and team, not those of this release alone.
    serviceMonitorSelectorNilUsesHelmValues: false,
    podMonitorSelectorNilUsesHelmValues: false,
    ruleSelectorNilUsesHelmValues: false,
    probeSelectorNilUsesHelmValues: false,
    scrapeConfigSelectorNilUsesHelmValues: false,
    resources: { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "3Gi" } },
  };
}

const alertmanagerSpec = {
  useExistingSecret: true,
  configSecret: alertmanagerSecret,
  // Silences outlive the pod.
  storage: volumeClaim(10),
  resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
};

const kubeStateMetrics = {
  resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
};

/**
 * Sees the node's files, so it stands apart. It is not on the node's network: there no policy would hold it, and its port
 * would be open to the private network, which LKE's firewall rules keep shut. Counters of the node's cards are the price.
 */
const nodeExporter = {
  namespaceOverride: nodeAgentsNamespace,
  hostNetwork: false,
  containerSecurityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
  tolerations: [{ effect: "NoSchedule", operator: "Exists" }],
  resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { memory: "96Mi" } },
};

/** A volume of the cluster's default class; Linode's have at least 10 GiB. */
function volumeClaim(gibibytes: number) {
  const resources = { requests: { storage: `${gibibytes}Gi` } };
  return { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"], resources } } };
}
