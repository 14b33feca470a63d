/**
 * The platform's workloads, by the labels that their charts give to the pods: the chart of each release at the version of
 * settings/platform/charts.ts. A test renders the charts and compares, where they are at hand.
 */

import type { Workload } from "./flow";

const nameLabel = "app.kubernetes.io/name";

/** A workload by the name that its chart gives to the pods. @param name what the table calls it. @default the same */
function named(namespace: string, value: string, name = value): Workload {
  return labelled(namespace, nameLabel, value, name);
}

function labelled(namespace: string, key: string, value: string, name = value): Workload {
  return { name, namespace, label: { key, value } };
}

/** Every pod of a namespace of ours. */
export function everyPod(namespace: string): Workload {
  return { name: namespace, namespace };
}

/** ArgoCD. */
export const argocd = {
  server: named("argocd", "argocd-server"),
  repoServer: named("argocd", "argocd-repo-server"),
  controller: named("argocd", "argocd-application-controller"),
  notifications: named("argocd", "argocd-notifications-controller"),
  dex: named("argocd", "argocd-dex-server"),
  /** The one cache, without high availability. */
  redis: named("argocd", "argocd-redis"),
  /** With it: three caches behind a proxy. The chart gives the caches no label of the usual name. */
  redisProxy: named("argocd", "argocd-redis-ha-haproxy"),
  redisReplicas: labelled("argocd", "app", "redis-ha", "argocd-redis-ha"),
} as const satisfies Readonly<Record<string, Workload>>;

/** cert-manager. */
export const certManager = {
  controller: named("cert-manager", "cert-manager"),
  cainjector: named("cert-manager", "cainjector", "cert-manager-cainjector"),
  webhook: named("cert-manager", "webhook", "cert-manager-webhook"),
  /** The job that waits until orders are taken. */
  startupCheck: named("cert-manager", "cert-manager-startup-check"),
  /** What proves by a record at Linode that the domain is ours. Its chart gives no label of the usual name. */
  linodeSolver: labelled("cert-manager", "app", "cert-manager-webhook-linode", "linode-solver"),
} as const satisfies Readonly<Record<string, Workload>>;

/** What the world's requests go through, and what tells the world where that is. */
export const ingress = {
  nginx: named("ingress", "nginx-ingress"),
  externalDns: named("ingress", "external-dns"),
} as const satisfies Readonly<Record<string, Workload>>;

/** Metrics, logs and traces. */
export const monitoring = {
  operator: named("monitoring", "kube-prometheus-stack-prometheus-operator", "prometheus-operator"),
  prometheus: named("monitoring", "prometheus"),
  alertmanager: named("monitoring", "alertmanager"),
  kubeStateMetrics: named("monitoring", "kube-state-metrics"),
  loki: named("monitoring", "loki"),
  tempo: named("monitoring", "tempo"),
  /** One for each environment; what they may reach is the same. */
  grafana: named("monitoring", "grafana"),
  /** The one that watches the events of the cluster. */
  alloyEvents: named("monitoring", "alloy", "alloy-events"),
} as const satisfies Readonly<Record<string, Workload>>;

/** What reads from each node. */
export const nodeAgents = {
  nodeExporter: named("node-agents", "prometheus-node-exporter"),
  alloyLogs: named("node-agents", "alloy", "alloy-logs"),
} as const satisfies Readonly<Record<string, Workload>>;

/** The store of secrets, and what opens those that are in Git. */
export const secrets = {
  /** Its chart gives the same name to the server and to what takes snapshots of it. */
  openbao: labelled("secrets", "component", "server", "openbao"),
  openbaoSnapshot: labelled("secrets", "component", "snapshot-agent", "openbao-snapshot"),
  sealedSecrets: named("secrets", "sealed-secrets"),
} as const satisfies Readonly<Record<string, Workload>>;

/** The ports of a service of an environment: the sample service's, and those of whatever is copied from it. */
export const servicePorts = { http: 8080, metrics: 9090 } as const;

const componentLabel = "app.kubernetes.io/component";

/** The services of an environment: its pods that say so by a label, whatever their names. */
export function service(environment: string): Workload {
  return labelled(environment, componentLabel, "service", `${environment}-service`);
}

/** The pods of an environment that `helm test` calls its services from. */
export function smokeTest(environment: string): Workload {
  return labelled(environment, componentLabel, "smoke-test", `${environment}-smoke-test`);
}

/** The pod by which cert-manager answers an HTTP-01 challenge, in the namespace of the Ingress that wants a certificate. */
export function challengeSolver(namespace: string): Workload {
  return labelled(namespace, "acme.cert-manager.io/http01-solver", "true", `${namespace}-challenge-solver`);
}
