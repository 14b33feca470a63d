/** The dashboards: what is looked at first when something is wrong. */

import { auditJob } from "../../../settings/platform/audit";
import { curves, dashboard, lineCounts, lines, number, type Dashboard } from "./panels";

const ready = 'kube_node_status_condition{condition="Ready",status="true"}';
const volumeUsed = "1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes";

/** Nodes, objects and what watches them. */
const platform = dashboard("platform", "Platform", [
  number("Nodes not ready", `count(${ready} == 0) or vector(0)`, 1),
  number("Targets down", "count(up == 0) or vector(0)", 1),
  number("Alerts firing", 'count(ALERTS{alertstate="firing"}) or vector(0)', 1),
  number("Pods that wait", 'sum(kube_pod_status_phase{phase="Pending"}) or vector(0)', 1),
  curves("Memory of nodes in use", "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes", {
    legend: "{{instance}}",
    unit: "percentunit",
  }),
  curves("Processors of nodes in use", '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m]))', {
    legend: "{{instance}}",
    unit: "percentunit",
  }),
  curves("Memory by namespace", 'sum by (namespace) (container_memory_working_set_bytes{container!=""})', {
    legend: "{{namespace}}",
    unit: "bytes",
  }),
  curves("Restarts in an hour", "sum by (namespace) (increase(kube_pod_container_status_restarts_total[1h])) > 0", {
    legend: "{{namespace}}",
  }),
  curves("Volumes in use", `max by (namespace, persistentvolumeclaim) (${volumeUsed})`, {
    legend: "{{namespace}}/{{persistentvolumeclaim}}",
    unit: "percentunit",
  }),
  curves("Applications out of sync", 'count by (name) (argocd_app_info{sync_status!="Synced"})', {
    legend: "{{name}}",
  }),
]);

/** What comes in from outside, and the certificates that it comes by. */
const ingress = dashboard("ingress", "Ingress", [
  curves("Requests", "sum(rate(nginx_ingress_nginx_http_requests_total[5m]))", { unit: "reqps" }),
  curves("Connections", "sum by (pod) (nginx_ingress_nginx_connections_active)", { legend: "{{pod}}" }),
  curves("Reloads that failed", "sum by (pod) (increase(nginx_ingress_controller_nginx_reload_errors_total[1h]))", {
    legend: "{{pod}}",
  }),
  curves(
    "Time until certificates end",
    "min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time()",
    { legend: "{{namespace}}/{{name}}", unit: "s" },
  ),
  lines("What NGINX refused", '{namespace="ingress"} |~ " (4[0-9]{2}|5[0-9]{2}) "'),
]);

const service = '{namespace=~"$namespace",service=~"$service"}';
const errors = '{namespace=~"$namespace",service=~"$service",status_code="STATUS_CODE_ERROR"}';

/** One service of an application team's: the sample service, and what is copied from it. */
const sampleService = dashboard(
  "service",
  "Service",
  [
    curves("Requests", `sum by (service) (rate(traces_spanmetrics_calls_total${service}[5m]))`, {
      legend: "{{service}}",
      unit: "reqps",
    }),
    curves("Requests that failed", `sum by (service) (rate(traces_spanmetrics_calls_total${errors}[5m]))`, {
      legend: "{{service}}",
      unit: "reqps",
    }),
    curves(
      "Slowest of twenty",
      `histogram_quantile(0.95, sum by (le, service) (rate(traces_spanmetrics_latency_bucket${service}[5m])))`,
      { legend: "{{service}}", unit: "s" },
    ),
    curves("Memory", 'sum by (pod) (container_memory_working_set_bytes{namespace=~"$namespace",container!=""})', {
      legend: "{{pod}}",
      unit: "bytes",
    }),
    curves(
      "Pods that are ready",
      'sum by (deployment) (kube_deployment_status_replicas_available{namespace=~"$namespace"})',
      {
        legend: "{{deployment}}",
      },
    ),
    lineCounts("Lines", 'sum by (app) (rate({namespace=~"$namespace"}[5m]))', "{{app}}"),
    lines("Logs", '{namespace=~"$namespace"}'),
  ],
  {
    namespace: "label_values(kube_namespace_status_phase, namespace)",
    service: 'label_values(traces_spanmetrics_calls_total{namespace=~"$namespace"}, service)',
  },
);

const record = `{job="${auditJob}"}`;

/** Who did what, by the labels of the audit's scheme. */
const audit = dashboard("audit", "Audit", [
  lineCounts("By action", `sum by (action) (count_over_time(${record}[15m]))`, "{{action}}"),
  lineCounts("By actor", `sum by (actor) (count_over_time(${record}[15m]))`, "{{actor}}"),
  lines("With a commit", `${record} | commit != ""`),
  lines("All of it", record),
]);

/** What the platform's Grafana shows. */
export const platformDashboards: Readonly<Record<string, Dashboard>> = {
  platform,
  ingress,
  service: sampleService,
  audit,
};

/** What an environment's Grafana shows: the rest is none of its affair, and it has no data of it. */
export const environmentDashboards: Readonly<Record<string, Dashboard>> = { service: sampleService };
