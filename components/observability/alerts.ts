/** The alerts: few, each worth waking for or worth a ticket, each with a runbook in docs/guides/platform.md. */

/** One alert, as Prometheus reads it: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it holds before somebody is told. */
  readonly for: string;
  /** `critical`: now. `warning`: today. */
  readonly labels: { readonly severity: "critical" | "warning" };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

/** The alerts in groups, each evaluated in turn. */
export interface AlertGroups {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Alert[] }[];
}

const guide = "docs/guides/platform.md";
const day = 24 * 3600;

/** The alert, its runbook the heading of its name in the guide. */
function alert(
  name: string,
  severity: "critical" | "warning",
  wait: string,
  { expr, summary }: { readonly expr: string; readonly summary: string },
): Alert {
  const heading = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase();
  const annotations = { summary, runbook: `${guide}#${heading}` };
  return { alert: name, expr, for: wait, labels: { severity }, annotations };
}

/** What is wished and what is there, of each kind of object that has replicas. */
const drifted = [
  "kube_deployment_spec_replicas != kube_deployment_status_replicas_available",
  "kube_statefulset_replicas != kube_statefulset_status_replicas_ready",
  "kube_daemonset_status_desired_number_scheduled != kube_daemonset_status_number_ready",
].join(" or ");

const freeShare = "kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes";
const fullInDays = (days: number) => `predict_linear(kubelet_volume_stats_available_bytes[6h], ${days * day}) < 0`;
const certificateEnds = (days: number) =>
  `certmanager_certificate_expiration_timestamp_seconds - time() < ${days * day}`;

/** Alloy counts what it has sent; it is one pod, so its silence is everybody's. */
const recordsSent = 'loki_write_sent_entries_total{job=~".*alloy-events.*"}';

/** When the agent last put a snapshot of the store of secrets into its bucket; before the first, when it was made. */
const lastSnapshot = ["kube_cronjob_status_last_successful_time", "kube_cronjob_created"]
  .map((metric) => `${metric}{namespace="secrets",cronjob="openbao-snapshot"}`)
  .join(" or ");

/** All of them. */
export const alerts: AlertGroups = {
  groups: [
    {
      name: "groundwork",
      rules: [
        alert("ReplicasDrifted", "warning", "15m", {
          expr: drifted,
          summary: "{{ $labels.namespace }} has not had the replicas it wishes for 15 minutes",
        }),
        alert("ApplicationDrifted", "warning", "30m", {
          expr: 'argocd_app_info{sync_status="OutOfSync",autosync_enabled="true"} == 1',
          summary: "{{ $labels.name }} is not what Git says, and ArgoCD has not brought it back in 30 minutes",
        }),
        alert("TargetDown", "critical", "10m", {
          expr: "up == 0",
          summary: "{{ $labels.job }} in {{ $labels.namespace }} has given no metrics for 10 minutes",
        }),
        alert("CertificateExpires", "warning", "1h", {
          expr: certificateEnds(14),
          summary: "{{ $labels.name }} in {{ $labels.namespace }} ends in less than 14 days and was not renewed",
        }),
        alert("CertificateExpiresSoon", "critical", "10m", {
          expr: certificateEnds(3),
          summary: "{{ $labels.name }} in {{ $labels.namespace }} ends in less than 3 days",
        }),
        alert("VolumeFills", "warning", "1h", {
          expr: `${freeShare} < 0.2 and ${fullInDays(4)}`,
          summary: "{{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} is full in 4 days at this rate",
        }),
        alert("VolumeFull", "critical", "5m", {
          expr: `${freeShare} < 0.05`,
          summary: "{{ $labels.persistentvolumeclaim }} in {{ $labels.namespace }} has less than 5% left",
        }),
        alert("AuditSilent", "critical", "15m", {
          expr: `absent(${recordsSent}) or sum(increase(${recordsSent}[3h])) == 0`,
          summary: "no audit record has reached Loki for hours; the cluster forgets events after one",
        }),
        alert("SnapshotOverdue", "warning", "10m", {
          expr: `time() - (${lastSnapshot}) > ${4 * 3600}`,
          summary: "no snapshot of the store of secrets has reached its bucket for 4 hours",
        }),
      ],
    },
  ],
};
