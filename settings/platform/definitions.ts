/** The custom resource definitions of the platform's charts, as their own projects publish them. */

/** What one project defines. */
export interface DefinitionSet {
  readonly name: string;
  /** The project's own version, which fits the chart's. */
  readonly version: string;
  /** YAML files: https:// addresses, or paths on the host that runs the program. */
  readonly sources: readonly string[];
}

const github = "https://raw.githubusercontent.com";
const releases = "https://github.com";

/** All sets. A version changes together with the one of its chart in charts.ts. */
const definitionSets: readonly DefinitionSet[] = [
  {
    name: "argocd",
    version: "3.4.4",
    sources: ["application", "applicationset", "appproject"].map(
      (name) => `${github}/argoproj/argo-cd/v3.4.4/manifests/crds/${name}-crd.yaml`,
    ),
  },
  {
    name: "cert-manager",
    version: "1.21.1",
    sources: [`${releases}/cert-manager/cert-manager/releases/download/v1.21.1/cert-manager.crds.yaml`],
  },
  {
    name: "prometheus-operator",
    version: "0.93.1",
    sources: [`${releases}/prometheus-operator/prometheus-operator/releases/download/v0.93.1/stripped-down-crds.yaml`],
  },
  {
    name: "nginx-ingress",
    version: "5.6.0",
    sources: [`${github}/nginx/kubernetes-ingress/v5.6.0/deploy/crds.yaml`],
  },
  {
    name: "sealed-secrets",
    version: "0.39.1",
    sources: [`${github}/bitnami/sealed-secrets/v0.39.1/helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml`],
  },
  {
    name: "secrets-store",
    version: "1.6.0",
    sources: ["secretproviderclasses", "secretproviderclasspodstatuses"].map(
      (name) =>
        `${github}/kubernetes-sigs/secrets-store-csi-driver/v1.6.0/deploy/secrets-store.csi.x-k8s.io_${name}.yaml`,
    ),
  },
];

/**
 * The sets, from where the settings say.
 *
 * @param mirror a folder, or an https:// address, that has each set as NAME-VERSION.yaml. @default the projects' own
 */
export function definitionSources(mirror?: string): readonly DefinitionSet[] {
  if (mirror === undefined) return definitionSets;
  return definitionSets.map((set) => ({ ...set, sources: [`${mirror}/${set.name}-${set.version}.yaml`] }));
}
