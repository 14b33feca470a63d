/** The charts of the platform, each at the version whose values were checked. `bin/platform charts` shows newer ones. */

/** Where a chart is had from, and which one. */
export interface ChartSource {
  /** The chart's name in its repository. */
  readonly chart: string;
  /** An https:// address with an index, or an oci:// one. */
  readonly repository: string;
  readonly version: string;
  /** Whether the repository is a folder without an index, so that a chart has to be asked for by its file. @default false */
  readonly isFolder?: boolean;
}

/** Every chart by the name that its release has. */
export const charts = {
  argocd: { chart: "argo-cd", repository: "https://argoproj.github.io/argo-helm", version: "10.1.1" },
  "cert-manager": { chart: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.1" },
  // The latest release, of 2022; the chart of apl-core's copy.
  "linode-solver": {
    chart: "cert-manager-webhook-linode",
    repository: "https://github.com/slicen/cert-manager-webhook-linode/releases/download/v0.2.0",
    version: "v0.2.0",
    isFolder: true,
  },
  ingress: { chart: "nginx-ingress", repository: "oci://ghcr.io/nginx/charts", version: "2.7.0" },
  "external-dns": {
    chart: "external-dns",
    repository: "https://kubernetes-sigs.github.io/external-dns",
    version: "1.21.1",
  },
  prometheus: {
    chart: "kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
    version: "88.5.3",
  },
  loki: { chart: "loki", repository: "https://grafana-community.github.io/helm-charts", version: "18.11.0" },
  tempo: { chart: "tempo", repository: "https://grafana-community.github.io/helm-charts", version: "2.2.4" },
  grafana: { chart: "grafana", repository: "https://grafana-community.github.io/helm-charts", version: "12.11.1" },
  alloy: { chart: "alloy", repository: "https://grafana.github.io/helm-charts", version: "1.11.1" },
  "metrics-server": {
    chart: "metrics-server",
    repository: "https://kubernetes-sigs.github.io/metrics-server",
    version: "3.13.1",
  },
  openbao: { chart: "openbao", repository: "https://openbao.github.io/openbao-helm", version: "0.29.2" },
  // The same chart again: the provider on the nodes is no neighbour of the store.
  "openbao-provider": {
    chart: "openbao",
    repository: "https://openbao.github.io/openbao-helm",
    version: "0.29.2",
  },
  "sealed-secrets": {
    chart: "sealed-secrets",
    repository: "https://bitnami.github.io/sealed-secrets",
    version: "2.19.3",
  },
  "secrets-store": {
    chart: "secrets-store-csi-driver",
    repository: "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts",
    version: "1.6.0",
  },
} as const satisfies Readonly<Record<string, ChartSource>>;

/** The name of a release of the platform's. */
export type ChartName = keyof typeof charts;

/**
 * The same chart in a mirror, under its name there.
 *
 * @param mirror an https:// or oci:// address that has all charts. @default each chart's own repository
 */
export function chartSource(name: ChartName, mirror?: string): ChartSource {
  const source: ChartSource = charts[name];
  return mirror === undefined ? source : { ...source, repository: mirror, isFolder: false };
}

/** One version, `v` or not: a range, or nothing, is whatever the repository has that day. */
const exactVersion = /^v?\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?$/;

/** Whether something is exactly one version of a chart. */
export function isExactVersion(version: unknown): boolean {
  return typeof version === "string" && exactVersion.test(version);
}
