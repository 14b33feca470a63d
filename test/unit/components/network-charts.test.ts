/** The table of flows against what the charts render: its workloads are theirs, and it has what their objects ask for. */

import { argocdValues } from "../../../components/gitops/argocd-values";
import { certManagerValues, linodeSolverValues } from "../../../components/ingress/certificate-values";
import { externalDnsValues } from "../../../components/ingress/external-dns-values";
import { ingressValues } from "../../../components/ingress/ingress-values";
import { isOurs, type Flow, type Workload } from "../../../components/network/flow";
import { flowsOf } from "../../../components/network/flows";
import { alloyEventsValues, alloyLogsValues } from "../../../components/observability/alloy-values";
import { grafanaName, grafanaValues } from "../../../components/observability/grafana-values";
import { lokiValues } from "../../../components/observability/loki-values";
import { prometheusValues } from "../../../components/observability/prometheus-values";
import { tempoValues } from "../../../components/observability/tempo-values";
import { openBaoValues } from "../../../components/secrets/openbao-values";
import { sealedSecretsValues } from "../../../components/secrets/secrets-values";
import { snapshotAgentValues } from "../../../components/secrets/snapshot-values";
import type { ChartName } from "../../../settings/platform/charts";
import { workloadsOf } from "./analysed-network";
import { needsOf, podsOfCharts, type ChartPod, type Need } from "./chart-needs";
import { rendered, testWithHelm, type Values } from "./chart-values";
import { platformSettings } from "./platform-settings";

/** Everything that adds a workload. */
const settings = platformSettings({
  gitops: { githubOrganization: "acme", highAvailability: true },
  ingress: { externalDns: true, challenge: "dns01" },
});
const flows = flowsOf(settings);

const dns = { owner: "groundwork", domain: "example.com" };
const bucket = { name: "bucket", endpoint: "example.com", signingRegion: "region", secretName: "bucket" };
const store = { ...openBaoValues({ replicas: 3, storage: "10Gi" }), snapshotAgent: snapshotAgentValues(bucket, 30) };
const source = { stack: "prod", environments: ["staging", "production"] };

interface Release {
  readonly chart: ChartName;
  readonly namespace: string;
  /** @default the chart's */
  readonly name?: string;
  readonly values: () => Values;
}

const releases: readonly Release[] = [
  { chart: "argocd", namespace: "argocd", values: () => argocdValues({ settings, tellsFailures: true }) },
  { chart: "cert-manager", namespace: "cert-manager", values: certManagerValues },
  { chart: "linode-solver", namespace: "cert-manager", values: () => linodeSolverValues("cert-manager") },
  { chart: "ingress", namespace: "ingress", values: () => ingressValues({ proxyProtocol: false, balancers: "" }) },
  { chart: "external-dns", namespace: "ingress", values: () => externalDnsValues(dns) },
  { chart: "prometheus", namespace: "monitoring", values: () => prometheusValues(settings) },
  { chart: "loki", namespace: "monitoring", values: () => lokiValues(settings) },
  { chart: "tempo", namespace: "monitoring", values: () => tempoValues(settings) },
  ...["platform", "staging"].map((owner): Release => {
    const values = () => grafanaValues({ settings, owner, dashboards: {} });
    return { chart: "grafana", namespace: "monitoring", name: grafanaName(owner), values };
  }),
  { chart: "alloy", namespace: "node-agents", name: "alloy-logs", values: () => alloyLogsValues(source) },
  { chart: "alloy", namespace: "monitoring", name: "alloy-events", values: () => alloyEventsValues(source) },
  { chart: "openbao", namespace: "secrets", values: () => store },
  { chart: "sealed-secrets", namespace: "secrets", values: sealedSecretsValues },
];

const objectsOf = ({ chart, values, namespace, name }: Release) => rendered(chart, values(), namespace, name);
const podsOf = (release: Release) => podsOfCharts(objectsOf(release), release.namespace);
/** But for what is asked of kube-system, where nothing is closed. */
const asksOf = (release: Release) =>
  needsOf(objectsOf(release), release.namespace).filter(({ namespace }) => namespace !== "kube-system");

/** The workloads of the table that a pod, or what selects one, is of. */
function workloadsWith({ namespace, labels }: Pick<ChartPod, "namespace" | "labels">): Workload[] {
  return workloadsOf(flows).filter(
    ({ namespace: own, label }) => own === namespace && label !== undefined && labels[label.key] === label.value,
  );
}

/** Whether a table has a row for what an object asks for. What stands in the pod itself needs none. */
function isMet({ from, namespace, labels, port }: Need, table: readonly Flow[]): boolean {
  const targets = workloadsWith({ namespace, labels });
  const isItself = targets.some(({ name }) => name === from);
  const rows = table.filter((row) => nameOf(row).includes(from) && row.ports.some((one) => one.port === port));
  return isItself || rows.some(({ to }) => isOurs(to) && targets.some((target) => to.includes(target)));
}

function nameOf({ from }: Flow): readonly string[] {
  return isOurs(from) ? from.map(({ name }) => name) : [from.name];
}

describe.each(releases.map((release) => [release.name ?? release.chart, release] as const))(
  "the table, beside the chart of %s,",
  (_, release) => {
    const testWithChart = testWithHelm(release.chart);

    testWithChart("knows each of its pods by one label", () => {
      const pods = podsOf(release);
      expect(pods.length).toBeGreaterThan(0);
      expect(pods.filter((pod) => workloadsWith(pod).length !== 1).map(({ owner }) => owner)).toEqual([]);
    });

    testWithChart("has a row for each of its monitors, webhooks and Ingresses", () => {
      expect(asksOf(release).filter((need) => !isMet(need, flows))).toEqual([]);
    });

    testWithChart("is the only one that says who reaches its pods", () => {
      expect(objectsOf(release).filter(({ kind }) => kind === "NetworkPolicy")).toEqual([]);
    });
  },
);

const testWithAll = releases.map(({ chart }) => testWithHelm(chart)).find((one) => one !== test) ?? test;

describe("beside all charts, the table", () => {
  /** Pods that no chart makes: a component, cert-manager, the operator of Prometheus, and teams do. */
  const othersMake = ["cert-manager-startup-check", "prometheus", "alertmanager"];
  const namespaces = releases.map(({ namespace }) => namespace);

  testWithAll("names no workload that there is not", () => {
    const found = new Set(
      releases
        .flatMap(podsOf)
        .flatMap(workloadsWith)
        .map(({ name }) => name),
    );
    const missing = workloadsOf(flows)
      .filter(({ label, namespace }) => label !== undefined && namespaces.includes(namespace))
      .map(({ name }) => name)
      .filter((name) => !found.has(name) && !othersMake.includes(name));
    expect(missing).toEqual([]);
  });

  testWithAll("without a row is noticed by who asks for it", () => {
    const less = flows.filter(
      ({ name }) => !["nginx-ingress-to-argocd-server", "api-server-to-linode-solver"].includes(name),
    );
    expect(
      releases
        .flatMap(asksOf)
        .filter((need) => !isMet(need, less))
        .map(({ because }) => because),
    ).toEqual(["Ingress/argocd-server", "APIService/v1alpha1.acme.slicen.me"]);
  });
});
