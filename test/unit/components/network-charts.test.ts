/** The table of flows against what the charts render: its workloads are theirs, and it has what their objects ask for. */

import { argocdValues } from "../../../components/gitops/argocd-values";
import { certManagerValues, linodeSolverValues } from "../../../components/ingress/certificate-values";
import { externalDnsValues } from "../../../components/ingress/external-dns-values";
import { ingressValues } from "../../../components/ingress/ingress-values";
import { isOurs, type Flow, type Workload } from "../../../components/network/flow";
import { flowsOf } from "../../../components/network/flows";
import { openBaoValues } from "../../../components/secrets/openbao-values";
import { sealedSecretsValues } from "../../../components/secrets/secrets-values";
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
const releases: readonly { readonly chart: ChartName; readonly namespace: string; readonly values: () => Values }[] = [
  { chart: "argocd", namespace: "argocd", values: () => argocdValues({ settings, tellsFailures: true }) },
  { chart: "cert-manager", namespace: "cert-manager", values: certManagerValues },
  { chart: "linode-solver", namespace: "cert-manager", values: () => linodeSolverValues("cert-manager") },
  { chart: "ingress", namespace: "ingress", values: () => ingressValues({ proxyProtocol: false, balancers: "" }) },
  { chart: "external-dns", namespace: "ingress", values: () => externalDnsValues(dns) },
  { chart: "openbao", namespace: "secrets", values: () => openBaoValues({ replicas: 3, storage: "10Gi" }) },
  { chart: "sealed-secrets", namespace: "secrets", values: sealedSecretsValues },
];

/** The workloads of the table that a pod, or what selects one, is of. */
function workloadsWith({ namespace, labels }: Pick<ChartPod, "namespace" | "labels">): Workload[] {
  return workloadsOf(flows).filter(
    ({ namespace: own, label }) => own === namespace && label !== undefined && labels[label.key] === label.value,
  );
}

/** Whether a table has a row for what an object asks for. */
function isMet({ from, namespace, selector, port }: Need, table: readonly Flow[]): boolean {
  const targets = workloadsWith({ namespace, labels: selector });
  return table.some(
    (row) =>
      nameOf(row).includes(from) &&
      isOurs(row.to) &&
      targets.some((target) => isOurs(row.to) && row.to.includes(target)) &&
      row.ports.some((one) => one.port === port),
  );
}

function nameOf({ from }: Flow): readonly string[] {
  return isOurs(from) ? from.map(({ name }) => name) : [from.name];
}

describe.each(releases)("the table, beside the chart of $chart,", ({ chart, namespace, values }) => {
  const testWithChart = testWithHelm(chart);
  const objects = () => rendered(chart, values(), namespace);

  testWithChart("knows each of its pods by one label", () => {
    const pods = podsOfCharts(objects(), namespace);
    expect(pods.length).toBeGreaterThan(0);
    expect(pods.filter((pod) => workloadsWith(pod).length !== 1).map(({ owner }) => owner)).toEqual([]);
  });

  testWithChart("has a row for each of its monitors, webhooks and Ingresses", () => {
    expect(needsOf(objects(), namespace).filter((need) => !isMet(need, flows))).toEqual([]);
  });

  testWithChart("is the only one that says who reaches its pods", () => {
    expect(objects().filter(({ kind }) => kind === "NetworkPolicy")).toEqual([]);
  });
});

const testWithAll = releases.map(({ chart }) => testWithHelm(chart)).find((one) => one !== test) ?? test;

describe("beside all charts, the table", () => {
  /** Pods that no chart makes: a component, cert-manager, the operator of Prometheus, and teams do. */
  const othersMake = ["cert-manager-startup-check", "prometheus", "alertmanager"];
  const namespaces = releases.map(({ namespace }) => namespace);

  testWithAll("names no workload that there is not", () => {
    const pods = releases.flatMap(({ chart, namespace, values }) =>
      podsOfCharts(rendered(chart, values(), namespace), namespace),
    );
    const found = new Set(pods.flatMap(workloadsWith).map(({ name }) => name));
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
    const needs = releases.flatMap(({ chart, namespace, values }) =>
      needsOf(rendered(chart, values(), namespace), namespace),
    );
    expect(needs.filter((need) => !isMet(need, less)).map(({ because }) => because)).toEqual([
      "Ingress/argocd-server",
      "APIService/v1alpha1.acme.slicen.me",
    ]);
  });
});
