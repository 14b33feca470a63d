/** The values of the Grafanas: one for the platform, which sees all, and one for each environment, which sees its own. */

import { platformTenant } from "../../settings/platform/audit";
import { certificateAnnotations, ingressClass, type CertificateAuthority } from "../../settings/platform/certificates";
import { hostOf, type Environment, type Team } from "../../settings/platform/environments";
import type { PlatformSettings } from "../../settings/platform/platform";
import type { Dashboard } from "./dashboards/panels";
import { lokiUrl, prometheusUrl, tempoUrl } from "./services";

/** Whose a Grafana is: an environment's by its name, or {@link platformTenant}. */
export type GrafanaOwner = string;

/** What a Grafana is made from besides the settings. */
export interface GrafanaArgs {
  readonly settings: Pick<PlatformSettings, "domain" | "environments" | "gitops" | "ingress" | "teams">;
  readonly owner: GrafanaOwner;
  readonly dashboards: Readonly<Record<string, Dashboard>>;
}

/** The release, its service, and its host's first part. */
export function grafanaName(owner: GrafanaOwner): string {
  return `grafana-${owner}`;
}

/** The Secret with `admin-user` and `admin-password` of a Grafana. */
export function grafanaAdminSecret(owner: GrafanaOwner): string {
  return `${grafanaName(owner)}-admin`;
}

/** The Secret with what logs people in by GitHub, as environment variables. */
export const grafanaLoginSecret = "grafana-login";

/** Where a Grafana is: the platform's under the domain, an environment's under its host. */
function grafanaHost({ settings: { domain, environments }, owner }: Omit<GrafanaArgs, "dashboards">): string {
  return `grafana.${owner === platformTenant ? domain : hostOf(owner, environments[owner], domain)}`;
}

/** What differs from the chart's own values. It keeps nothing: data sources and dashboards are code, people come by GitHub. */
export function grafanaValues(args: GrafanaArgs) {
  const { settings, owner, dashboards } = args;
  const { githubOrganization } = settings.gitops;
  const host = grafanaHost(args);
  return {
    admin: { existingSecret: grafanaAdminSecret(owner) },
    ...(githubOrganization === undefined ? {} : { envFromSecret: grafanaLoginSecret }),
    "grafana.ini": {
      server: { root_url: `https://${host}` },
      analytics: { check_for_updates: false, reporting_enabled: false },
      users: { allow_sign_up: false, viewers_can_edit: false },
      ...(githubOrganization === undefined ? {} : githubLogin(githubOrganization, owner, settings.teams)),
    },
    datasources: { "datasources.yaml": { apiVersion: 1, datasources: dataSources(owner, settings.environments) } },
    dashboardProviders: { "providers.yaml": { apiVersion: 1, providers: [provider] } },
    dashboards: { groundwork: Object.fromEntries(Object.entries(dashboards).map(asJson)) },
    extraContainers: owner === platformTenant ? "" : `- ${JSON.stringify(metricsFilter(owner))}`,
    ingress: ingressOf(host, settings.ingress.certificates),
    serviceMonitor: { enabled: true },
    rbac: { create: false },
    automountServiceAccountToken: false,
    testFramework: { enabled: false },
    initChownData: { enabled: false },
    resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "384Mi" } },
  };
}

/** The members of the teams that have a right here. Who has none is refused, not let in to look. */
function githubLogin(organization: string, owner: GrafanaOwner, teams: Readonly<Record<string, Team>>) {
  const all = Object.values(teams);
  const allowed = owner === platformTenant ? all : all.filter(({ rights }) => rights[owner] !== undefined);
  const isMember = allowed.map(({ github }) => `contains(groups[*], '@${organization}/${github}')`).join(" || ");
  // Without a team that could be named, the organisation's members may look.
  const role = all.length === 0 ? "'Viewer'" : isMember === "" ? "''" : `(${isMember}) && 'Viewer' || ''`;
  return {
    auth: { disable_login_form: true },
    "auth.github": {
      enabled: true,
      allow_sign_up: true,
      scopes: "user:email,read:org",
      allowed_organizations: organization,
      role_attribute_path: role,
      role_attribute_strict: true,
    },
  };
}

/** Where the filter of an environment's metrics listens, inside its Grafana's pod. */
const filterPort = 9095;

/** Prometheus knows no tenants: this puts the namespace into every query, and nobody else reaches it. */
function metricsFilter(environment: string) {
  return {
    name: "metrics-filter",
    image: "quay.io/prometheuscommunity/prom-label-proxy:v0.13.0",
    args: [
      `--insecure-listen-address=127.0.0.1:${filterPort}`,
      `--upstream=${prometheusUrl}`,
      "--label=namespace",
      `--label-value=${environment}`,
      "--enable-label-apis",
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
  };
}

/** Metrics, logs and traces, each with the way to the other two. */
function dataSources(owner: GrafanaOwner, environments: Readonly<Record<string, Environment>>) {
  const isPlatform = owner === platformTenant;
  const tenant = isPlatform ? [platformTenant, ...Object.keys(environments)].join("|") : owner;
  const asTenant = { httpHeaderName1: "X-Scope-OrgID" };
  const secureJsonData = { httpHeaderValue1: tenant };
  const shared = { access: "proxy", editable: false };
  const logsOfSpan = {
    datasourceUid: "loki",
    filterByTraceID: true,
    spanStartTimeShift: "-5m",
    spanEndTimeShift: "5m",
  };
  const tags = [{ key: "service.namespace", value: "namespace" }];
  return [
    {
      name: "Metrics",
      type: "prometheus",
      uid: "prometheus",
      isDefault: true,
      ...shared,
      url: isPlatform ? prometheusUrl : `http://127.0.0.1:${filterPort}`,
      jsonData: { exemplarTraceIdDestinations: [{ name: "traceID", datasourceUid: "tempo" }] },
    },
    {
      name: "Logs",
      type: "loki",
      uid: "loki",
      url: lokiUrl,
      ...shared,
      jsonData: { ...asTenant, derivedFields: [traceOfLine] },
      secureJsonData,
    },
    {
      name: "Traces",
      type: "tempo",
      uid: "tempo",
      url: tempoUrl,
      ...shared,
      jsonData: {
        ...asTenant,
        tracesToLogsV2: { ...logsOfSpan, tags },
        tracesToMetrics: { datasourceUid: "prometheus", tags: [{ key: "service.name", value: "service" }], queries },
        nodeGraph: { enabled: true },
        // Its series name two services and no namespace, so the filter lets none through.
        ...(isPlatform ? { serviceMap: { datasourceUid: "prometheus" } } : {}),
      },
      secureJsonData,
    },
  ];
}

/** What a log line calls its trace, in JSON or as key=value. Grafana reads `$$` as a dollar sign where it reads a file. */
const traceOfLine = {
  name: "trace",
  matcherRegex: '"?trace_?[iI][dD]"?[=:]\\s*"?([0-9a-f]{16,32})',
  url: "$${__value.raw}",
  datasourceUid: "tempo",
};

const queries = [{ name: "requests", query: "sum(rate(traces_spanmetrics_calls_total{$$__tags}[5m]))" }];

const provider = {
  name: "groundwork",
  folder: "",
  type: "file",
  disableDeletion: true,
  allowUiUpdates: false,
  options: { path: "/var/lib/grafana/dashboards/groundwork" },
};

function asJson([name, dashboard]: [string, Dashboard]) {
  return [name, { json: JSON.stringify(dashboard) }] as const;
}

function ingressOf(host: string, authority: CertificateAuthority) {
  return {
    enabled: true,
    ingressClassName: ingressClass,
    annotations: certificateAnnotations(authority),
    hosts: [host],
    tls: [{ hosts: [host], secretName: `${host}-tls` }],
  };
}
