/** The alerts by promtool, which Prometheus itself is checked by. `make test` fetches it from Debian's package. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { alerts } from "../../components/observability/alerts";
import { promtoolProgram } from "../../tools/test/promtool-program";

const promtool = promtoolProgram();
if (promtool === undefined) process.stderr.write("skipped: promtool, which checks alerts, was not fetched\n");
const testWithPromtool = promtool === undefined ? test.skip : test;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-alerts-"));
  writeFileSync(join(folder, "rules.json"), JSON.stringify(alerts));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(...command: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(promtool ?? "", command, { cwd: folder, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

/** Series as promtool writes them: a first value, a step and a count (`100+0x60`). One value a minute. */
type Series = Readonly<Record<string, string>>;

/** Says that an alert fires for these labels at this time, or for none. */
interface Expectation {
  readonly alert: string;
  readonly at: string;
  readonly labels: readonly Readonly<Record<string, string>>[];
}

/** What promtool says against it; empty where all is as expected. */
function differences(series: Series, { alert, at, labels }: Expectation): string {
  const rule = alerts.groups.flatMap(({ rules }) => rules).find((one) => one.alert === alert)!;
  const expected = labels.map((one) => ({
    exp_labels: { ...rule.labels, ...one },
    exp_annotations: { ...rule.annotations, summary: filledIn(rule.annotations.summary, one) },
  }));
  const test = {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [{ alertname: alert, eval_time: at, exp_alerts: expected }],
  };
  writeFileSync(join(folder, "test.json"), JSON.stringify({ rule_files: ["rules.json"], tests: [test] }));
  const { status, output } = run("test", "rules", "test.json");
  return status === 0 ? "" : output;
}

function filledIn(summary: string, labels: Readonly<Record<string, string>>): string {
  return summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_whole, name: string) => labels[name] ?? "");
}

testWithPromtool("promtool accepts every rule", () => {
  expect(run("check", "rules", "rules.json")).toMatchObject({ status: 0 });
});

testWithPromtool("promtool refuses a rule that is none, so that the test above can fail", () => {
  writeFileSync(join(folder, "wrong.json"), JSON.stringify(alerts).replace("up == 0", "up =="));
  expect(run("check", "rules", "wrong.json").status).not.toBe(0);
});

testWithPromtool("an expectation that is wrong is told, so that the tests below can fail", () => {
  const wrong = { alert: "TargetDown", at: "30m", labels: [{ job: "loki", namespace: "monitoring" }] };
  expect(differences({ 'up{job="loki",namespace="monitoring"}': "1+0x60" }, wrong)).toContain("FAILED");
});

const claim = { namespace: "monitoring", persistentvolumeclaim: "storage-loki-0" };
const ofClaim = '{namespace="monitoring",persistentvolumeclaim="storage-loki-0"}';
const volume = (available: string): Series => ({
  [`kubelet_volume_stats_available_bytes${ofClaim}`]: available,
  [`kubelet_volume_stats_capacity_bytes${ofClaim}`]: "1000+0x600",
});
const web = { namespace: "staging", deployment: "web" };
const replicas = (wished: string, there: string): Series => ({
  'kube_deployment_spec_replicas{namespace="staging",deployment="web"}': wished,
  'kube_deployment_status_replicas_available{namespace="staging",deployment="web"}': there,
});
const application = '{name="web",namespace="argocd",sync_status="OutOfSync",autosync_enabled="true"}';
const certificate = { namespace: "argocd", name: "argocd-tls" };
const ends = (days: number): Series => ({
  'certmanager_certificate_expiration_timestamp_seconds{namespace="argocd",name="argocd-tls"}': `${days * 86_400}+0x600`,
});
const sent = (values: string): Series => ({
  'loki_write_sent_entries_total{job="alloy-events",tenant="platform"}': values,
});

const cronJob = { namespace: "secrets", cronjob: "openbao-snapshot" };
const ofCronJob = '{namespace="secrets",cronjob="openbao-snapshot"}';
const made = { [`kube_cronjob_created${ofCronJob}`]: "0+0x600" };
const snapshots = (lastAt: string): Series => ({
  ...made,
  [`kube_cronjob_status_last_successful_time${ofCronJob}`]: lastAt,
});

const cases: readonly (readonly [string, Series, Expectation])[] = [
  [
    "a deployment that lacks a replica for long",
    replicas("3+0x60", "2+0x60"),
    { alert: "ReplicasDrifted", at: "20m", labels: [web] },
  ],
  [
    "a deployment that has more replicas than it wishes",
    replicas("1+0x60", "3+0x60"),
    { alert: "ReplicasDrifted", at: "20m", labels: [web] },
  ],
  [
    "no deployment that is rolled out for some minutes",
    replicas("3+0x60", "2+0x9 3+0x50"),
    { alert: "ReplicasDrifted", at: "20m", labels: [] },
  ],
  [
    "a daemon set that is not on every node",
    {
      'kube_daemonset_status_desired_number_scheduled{namespace="node-agents",daemonset="alloy-logs"}': "3+0x60",
      'kube_daemonset_status_number_ready{namespace="node-agents",daemonset="alloy-logs"}': "2+0x60",
    },
    { alert: "ReplicasDrifted", at: "20m", labels: [{ namespace: "node-agents", daemonset: "alloy-logs" }] },
  ],
  [
    "an application that ArgoCD does not bring back to what Git says",
    { [`argocd_app_info${application}`]: "1+0x60" },
    {
      alert: "ApplicationDrifted",
      at: "40m",
      labels: [{ name: "web", namespace: "argocd", sync_status: "OutOfSync", autosync_enabled: "true" }],
    },
  ],
  [
    "no application that waits for somebody to say when",
    { [`argocd_app_info${application.replace("true", "false")}`]: "1+0x60" },
    { alert: "ApplicationDrifted", at: "40m", labels: [] },
  ],
  [
    "a target that gives no metrics",
    { 'up{job="loki",namespace="monitoring"}': "1+0x5 0+0x60" },
    { alert: "TargetDown", at: "20m", labels: [{ job: "loki", namespace: "monitoring" }] },
  ],
  [
    "no target that was restarted",
    { 'up{job="loki",namespace="monitoring"}': "1+0x5 0+0x5 1+0x60" },
    { alert: "TargetDown", at: "20m", labels: [] },
  ],
  [
    "a certificate that was not renewed two weeks before its end",
    ends(13),
    { alert: "CertificateExpires", at: "2h", labels: [certificate] },
  ],
  ["no certificate that has a month", ends(30), { alert: "CertificateExpires", at: "2h", labels: [] }],
  [
    "a certificate that ends in days, at once",
    ends(2),
    { alert: "CertificateExpiresSoon", at: "15m", labels: [certificate] },
  ],
  ["a volume that will be full in days", volume("250-0.2x600"), { alert: "VolumeFills", at: "8h", labels: [claim] }],
  ["no volume that is full and stays so", volume("150+0x600"), { alert: "VolumeFills", at: "8h", labels: [] }],
  ["a volume that is nearly full, at once", volume("40+0x60"), { alert: "VolumeFull", at: "10m", labels: [claim] }],
  ["an audit that has fallen silent", sent("5+1x60 65+0x600"), { alert: "AuditSilent", at: "6h", labels: [{}] }],
  ["an audit that never spoke", {}, { alert: "AuditSilent", at: "20m", labels: [{}] }],
  ["no audit of a quiet night", sent("5+0.02x600"), { alert: "AuditSilent", at: "6h", labels: [] }],
  [
    "snapshots of secrets that no longer arrive",
    snapshots("0+60x60 3600+0x600"),
    { alert: "SnapshotOverdue", at: "6h", labels: [cronJob] },
  ],
  [
    "snapshots of secrets that never arrived, because nobody let them be taken",
    made,
    { alert: "SnapshotOverdue", at: "5h", labels: [cronJob] },
  ],
  [
    "no snapshots of secrets that have failed for less than four hours",
    snapshots("0+60x60 3600+0x600"),
    { alert: "SnapshotOverdue", at: "4h30m", labels: [] },
  ],
  [
    "no snapshots of secrets where there is nobody who takes them",
    {},
    { alert: "SnapshotOverdue", at: "6h", labels: [] },
  ],
];

describe("somebody is told of", () => {
  for (const [what, series, expectation] of cases) {
    testWithPromtool(what, () => {
      expect(differences(series, expectation)).toBe("");
    });
  }
});
