/** The values of ArgoCD's chart. Pure, and without a secret in it: those stand in Secrets that the values name. */

import { certificateAnnotations, ingressClass } from "../../settings/platform/certificates";
import type { PlatformSettings } from "../../settings/platform/platform";
import { applicationHealth } from "./application-health";
import { notificationValues } from "./notifications";

/** What the values are made from. */
export interface ArgocdSettings {
  readonly settings: PlatformSettings;
  /** Whether there is a webhook that failures are told to. */
  readonly tellsFailures: boolean;
}

/** The Secret with the OAuth application's id and secret. */
export const githubSecret = "argocd-github";

/** The host of ArgoCD's page. */
function argocdHost(domain: string): string {
  return `argocd.${domain}`;
}

/** What differs from the chart's own values. */
export function argocdValues({ settings, tellsFailures }: ArgocdSettings) {
  const { domain, environments, gitops, ingress } = settings;
  const { githubOrganization } = gitops;
  const hasLogin = githubOrganization !== undefined;
  return {
    global: {
      domain: argocdHost(domain),
      // The platform's own table of flows says who may reach whom.
      networkPolicy: { create: false },
    },
    crds: { install: false },
    configs: {
      cm: {
        "application.resourceTrackingMethod": "annotation",
        // Who logs in by GitHub is told by name; a password that all share is not. `argocd --core` still opens every door.
        "admin.enabled": !hasLogin,
        ...(hasLogin ? { "dex.config": dexConfig(githubOrganization) } : {}),
        "resource.customizations.health.argoproj.io_Application": applicationHealth,
        ...ignoredDifferences,
      },
      params: {
        // TLS ends at the ingress.
        "server.insecure": true,
        // An Application lives in the namespace of its environment, and may name the projects of that environment alone.
        "application.namespaces": Object.keys(environments).join(","),
        // The API server itself says what a sync would change, defaults and webhooks included.
        "controller.diff.server.side": true,
        // A wave that never ends would keep the commit out that mends it.
        "controller.sync.timeout.seconds": 1800,
      },
      rbac: {
        // Who has no right in a project sees nothing; the rights stand in the projects.
        "policy.default": "",
      },
    },
    server: {
      ...scaled(gitops.highAvailability),
      ...monitored,
      ...requests("50m", "128Mi"),
      ingress: {
        enabled: true,
        ingressClassName: ingressClass,
        annotations: certificateAnnotations(ingress.certificates),
        tls: true,
      },
    },
    repoServer: { ...scaled(gitops.highAvailability), ...monitored, ...requests("100m", "256Mi") },
    controller: { ...monitored, ...requests("250m", "512Mi") },
    // Applications come from charts; nothing makes them from templates of ArgoCD's.
    applicationSet: { replicas: 0 },
    dex: hasLogin ? { enabled: true, ...requests("10m", "64Mi") } : { enabled: false },
    notifications: tellsFailures ? { ...notificationValues(), ...requests("10m", "64Mi") } : { enabled: false },
    // It is a hook, and Pulumi runs none; the Secret is made beside the release.
    redisSecretInit: { enabled: false },
    redis: requests("50m", "64Mi"),
    "redis-ha": { enabled: gitops.highAvailability },
  };
}

/** Two of each, of which one stays when nodes are drained. */
function scaled(isHighlyAvailable: boolean) {
  return isHighlyAvailable ? { replicas: 2, pdb: { enabled: true, minAvailable: 1 } } : { replicas: 1 };
}

const monitored = { metrics: { enabled: true, serviceMonitor: { enabled: true } } };

function requests(cpu: string, memory: string) {
  return { resources: { requests: { cpu, memory } } };
}

/**
 * Teams become groups named `organisation:team`; https://dexidp.io/docs/connectors/github/. GitHub speaks OAuth and no OpenID
 * Connect to people, so that Dex stands between.
 */
function dexConfig(organization: string): string {
  return [
    "connectors:",
    "  - type: github",
    "    id: github",
    "    name: GitHub",
    "    config:",
    `      clientID: $${githubSecret}:clientId`,
    `      clientSecret: $${githubSecret}:clientSecret`,
    "      teamNameField: slug",
    "      orgs:",
    `        - name: ${organization}`,
    "",
  ].join("\n");
}

/** A generator writes it empty, and the API server keeps none of it; argoproj/argo-cd#25033. */
const emptyTimestamp = "jqPathExpressions:\n  - .spec.template.metadata.creationTimestamp\n";

/** What others write into objects that stand in Git. */
const ignoredDifferences = {
  // Autoscalers write how many replicas there are.
  "resource.customizations.ignoreDifferences.all": "managedFieldsManagers:\n  - kube-controller-manager\n",
  "resource.customizations.ignoreDifferences.apps_Deployment": emptyTimestamp,
  "resource.customizations.ignoreDifferences.apps_StatefulSet": emptyTimestamp,
  "resource.customizations.ignoreDifferences.apps_DaemonSet": emptyTimestamp,
  // cert-manager puts the answer to a challenge into the Ingress that the certificate is for, and takes it out again.
  "resource.customizations.ignoreDifferences.networking.k8s.io_Ingress": [
    "jqPathExpressions:",
    '  - .spec.rules[]?.http.paths[]? | select(.path | startswith("/.well-known/acme-challenge/"))',
    "",
  ].join("\n"),
} as const;
