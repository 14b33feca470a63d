/** What ArgoCD's chart is told, and what it makes of it. */

import { parse } from "yaml";
import { argocdValues } from "../../../components/gitops/argocd-values";
import { rendered, testChartValues, testWithHelm, type RenderedObject, type Values } from "./chart-values";
import { platformSettings } from "./platform-settings";
import { unrestricted } from "./pod-security";

const valuesOf = (gitops: object = {}, tellsFailures = false): Values =>
  argocdValues({ settings: platformSettings({ gitops }), tellsFailures });
const login = { githubOrganization: "acme" };
const everything = () => valuesOf({ ...login, highAvailability: true }, true);
const objects = (values: Values) => rendered("argocd", values, "argocd");

// Two maps whose keys are ArgoCD's own, of which the chart names but its defaults.
const unlisted = [
  "configs.cm.application.resourceTrackingMethod",
  "configs.cm.dex.config",
  "configs.cm.resource.customizations.health.argoproj.io_Application",
  "configs.cm.resource.customizations.ignoreDifferences.all",
  "configs.cm.resource.customizations.ignoreDifferences.apps_Deployment",
  "configs.cm.resource.customizations.ignoreDifferences.apps_StatefulSet",
  "configs.cm.resource.customizations.ignoreDifferences.apps_DaemonSet",
  "configs.params.controller.sync.timeout.seconds",
  "configs.cm.resource.customizations.ignoreDifferences.networking.k8s.io_Ingress",
  "configs.params.server.insecure",
  "configs.params.application.namespaces",
  "configs.params.controller.diff.server.side",
];

describe("with everything asked for,", () => {
  testChartValues("argocd", everything, { namespace: "argocd", unlisted });
});

describe("with nothing asked for,", () => {
  testChartValues("argocd", () => valuesOf(), { namespace: "argocd", unlisted });
});

const values = (all: Values, ...path: string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Values | undefined)?.[key], all);

test("people log in by GitHub where an organisation is named, and then no shared password opens", () => {
  const cm = values(valuesOf(login), "configs", "cm") as Values;
  expect(cm["admin.enabled"]).toBe(false);
  expect(parse(cm["dex.config"] as string)).toEqual({
    connectors: [
      {
        type: "github",
        id: "github",
        name: "GitHub",
        config: {
          clientID: "$argocd-github:clientId",
          clientSecret: "$argocd-github:clientSecret",
          teamNameField: "slug",
          orgs: [{ name: "acme" }],
        },
      },
    ],
  });
});

test("without an organisation there is no Dex, and the administrator's password opens", () => {
  expect(values(valuesOf(), "dex", "enabled")).toBe(false);
  expect(values(valuesOf(), "configs", "cm", "admin.enabled")).toBe(true);
});

test("applications are read from the namespaces of the environments alone", () => {
  expect(values(valuesOf(), "configs", "params", "application.namespaces")).toBe("staging,production");
});

testWithHelm("argocd")("a failed sync is told once for each revision, as a text in JSON", () => {
  const config = objects(everything()).find(({ metadata }) => metadata.name === "argocd-notifications-cm");
  const data = config?.["data"] as Record<string, string>;
  expect(parse(data["service.webhook.alerts"]!)).toMatchObject({ url: "$alert-webhook" });
  expect(parse(data["trigger.on-sync-failed"]!)).toEqual([
    expect.objectContaining({ oncePer: expect.stringContaining("revision") as string, send: ["sync-failed"] }),
  ]);
  const { webhook } = parse(data["template.sync-failed"]!) as { webhook: { alerts: { method: string; body: string } } };
  expect(webhook.alerts.body).toMatch(/^\{"text": \{\{ printf .*toJson \}\}\}$/);
  expect(parse(data["subscriptions"]!)).toEqual([
    { recipients: ["alerts"], triggers: ["on-sync-failed", "on-health-degraded"] },
  ]);
});

testWithHelm("argocd")(
  "nothing is rendered that others make: policies, definitions, and hooks but for the tests of Redis",
  () => {
    const all = objects(everything());
    const foreign = all.filter(({ kind }) => ["NetworkPolicy", "CustomResourceDefinition"].includes(kind));
    const hooks = all.filter(isHook).map(nameOf);
    expect([...foreign.map(nameOf), ...hooks.filter((name) => !name.startsWith("argocd-redis-ha"))]).toEqual([]);
  },
);

testWithHelm("argocd")("every pod may run in a namespace that is restricted", () => {
  const pods = objects(everything()).filter(({ kind }) => ["Deployment", "StatefulSet"].includes(kind));
  expect(pods.length).toBeGreaterThan(5);
  expect(pods.flatMap(unrestricted)).toEqual([]);
});

testWithHelm("argocd").each([true, false])(
  "every secret that a pod cannot do without is the chart's or made beside it (high availability: %p)",
  (highAvailability) => {
    const all = objects(valuesOf({ ...login, highAvailability }, true));
    const made = [...all.filter(({ kind }) => kind === "Secret").map(nameOf), "argocd-redis", "argocd-github"];
    const needed = secretsOf(all.filter(({ kind }) => ["Deployment", "StatefulSet"].includes(kind)));
    expect(needed).toContain("argocd-redis");
    expect(needed.filter((name) => !made.includes(name))).toEqual([]);
  },
);

testWithHelm("argocd")("what is ignored in differences is what ArgoCD reads", () => {
  const config = objects(valuesOf()).find(({ metadata }) => metadata.name === "argocd-cm");
  const data = config?.["data"] as Record<string, string>;
  const customizations = Object.entries(data).filter(([key]) => key.includes("ignoreDifferences"));
  expect(customizations.map(([, text]) => parse(text) as object)).toEqual(
    expect.arrayContaining([
      { managedFieldsManagers: ["kube-controller-manager"] },
      { jqPathExpressions: [".spec.template.metadata.creationTimestamp"] },
    ]),
  );
});

testWithHelm("argocd")("its page is behind the ingress, with a certificate of the issuer", () => {
  const page = objects(valuesOf()).find(({ kind }) => kind === "Ingress");
  expect(page).toMatchObject({
    metadata: { annotations: { "cert-manager.io/cluster-issuer": "letsencrypt-production" } },
    spec: {
      ingressClassName: "nginx",
      rules: [
        {
          host: "argocd.example.com",
          http: { paths: [{ backend: { service: { name: "argocd-server", port: { number: 80 } } } }] },
        },
      ],
      tls: [{ hosts: ["argocd.example.com"], secretName: "argocd-server-tls" }],
    },
  });
});

testWithHelm("argocd")("each part is watched by Prometheus", () => {
  const monitors = objects(valuesOf()).filter(({ kind }) => kind === "ServiceMonitor");
  expect(monitors.map(nameOf).sort()).toEqual(["argocd-application-controller", "argocd-repo-server", "argocd-server"]);
});

function nameOf({ metadata }: RenderedObject): string {
  return metadata.name;
}

function isHook({ metadata }: RenderedObject): boolean {
  return Object.hasOwn(metadata["annotations"] ?? {}, "helm.sh/hook");
}

/** The names of all secrets that are read by these objects' pods and not said to be optional. */
function secretsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value as Values).flatMap(([key, inner]) => {
    const reference = inner as { name?: string; secretName?: string; optional?: boolean } | null;
    const isReference = ["secretKeyRef", "secretRef", "secret"].includes(key) && typeof inner === "object";
    if (!isReference || reference === null) return secretsOf(inner);
    const name = reference.name ?? reference.secretName;
    return name === undefined || reference.optional === true ? [] : [name];
  });
}
