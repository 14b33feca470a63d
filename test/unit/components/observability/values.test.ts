/** What the charts of what is watched are given, held against the charts. */

import { alloyEventsValues, alloyLogsValues } from "../../../../components/observability/alloy-values";
import { eventsConfig } from "../../../../components/observability/alloy-config";
import { environmentDashboards, platformDashboards } from "../../../../components/observability/dashboards/dashboards";
import { grafanaValues } from "../../../../components/observability/grafana-values";
import { lokiValues } from "../../../../components/observability/loki-values";
import { prometheusValues } from "../../../../components/observability/prometheus-values";
import { tempoValues } from "../../../../components/observability/tempo-values";
import { lokiUrl, prometheusUrl, tempoUrl } from "../../../../components/observability/services";
import { parse } from "yaml";
import type { ChartName } from "../../../../settings/platform/charts";
import { monitoringNamespace } from "../../../../settings/platform/monitoring";
import { rendered, testChartValues, testWithHelm } from "../chart-values";
import type { ChartValuesOptions, RenderedObject, Values } from "../chart-values";
import { unrestricted } from "../pod-security";
import { platformSettings } from "../platform-settings";

const settings = platformSettings();
const bucket = {
  name: "prod-logs",
  endpoint: "fr-par-1.linodeobjects.com",
  signingRegion: "fr-par-1",
  secretName: "logs-bucket",
};
const source = { stack: "prod", environments: ["staging", "production"] };
const ofPlatform = { settings, owner: "platform", dashboards: platformDashboards };
const ofStaging = { settings, owner: "staging", dashboards: environmentDashboards };

// Parts of the programs' own configuration, which the charts hand on as they are, or name in comments alone.
const lokisOwn = ["loki.storage.bucketNames", "loki.commonConfig.ring", "loki.limits_config"];
const grafanasOwn = ["grafana.ini", "ingress.ingressClassName"];

/** Each release: its chart, its values, and what is said of them. */
const releases: readonly (readonly [ChartName, () => Values, ChartValuesOptions?])[] = [
  ["prometheus", () => prometheusValues(settings), { unlisted: ["alertmanager.alertmanagerSpec.configSecret"] }],
  ["loki", () => lokiValues(settings, bucket), { unlisted: lokisOwn }],
  ["loki", () => lokiValues(settings), { name: "loki-on-a-volume", unlisted: lokisOwn }],
  ["tempo", () => tempoValues(settings, bucket), { unlisted: ["tempo.storage.trace.s3"] }],
  ["tempo", () => tempoValues(settings), { name: "tempo-on-a-volume" }],
  ["grafana", () => grafanaValues(ofPlatform), { name: "grafana-platform", unlisted: grafanasOwn }],
  ["grafana", () => grafanaValues(ofStaging), { name: "grafana-staging", unlisted: grafanasOwn }],
  ["alloy", () => alloyLogsValues(source), { name: "alloy-logs", namespace: "node-agents" }],
  ["alloy", () => alloyEventsValues(source), { name: "alloy-events" }],
];

for (const [chart, values, options] of releases) {
  testChartValues(chart, values, options);
  testWithHelm(chart)(
    `what ${options?.name ?? chart} puts into ${monitoringNamespace} may do nothing to its node`,
    () => {
      const there = rendered(chart, values(), options?.namespace, options?.name).filter(
        ({ metadata }) => metadata.namespace === monitoringNamespace,
      );
      expect(there.flatMap(unrestricted)).toEqual([]);
    },
  );
}

/** The objects of a kind that a release renders. */
function renderedOf(name: string, kind: string): RenderedObject[] {
  const [chart, values, options] = releases.find(([of, , more]) => (more?.name ?? of) === name)!;
  return rendered(chart, values(), options?.namespace, options?.name).filter((object) => object.kind === kind);
}

function textOf(name: string, file: string): string {
  const files = renderedOf(name, "ConfigMap").map(({ data }) => (data as Record<string, string> | undefined)?.[file]);
  return files.find((text) => text !== undefined) ?? "";
}

describe("Loki", () => {
  const config = (name: string) => parse(textOf(name, "config.yaml")) as Record<string, Record<string, unknown>>;

  testWithHelm("loki")("deletes what is older than the settings say, and keeps the audit for its own time", () => {
    const { compactor, limits_config } = config("loki");
    expect([compactor, limits_config]).toMatchObject([
      { retention_enabled: true, delete_request_store: "s3" },
      { retention_period: "720h", retention_stream: [{ selector: '{job="audit"}', period: "720h" }] },
    ]);
  });

  testWithHelm("loki")("takes records that come late, as late as they may", () => {
    expect(config("loki")["limits_config"]).toMatchObject({ reject_old_samples_max_age: "720h" });
  });

  testWithHelm("loki")("is one process that waits for no other", () => {
    const sets = renderedOf("loki", "StatefulSet");
    expect(sets.map(({ spec }) => (spec as { replicas: number }).replicas)).toEqual([1]);
    expect(config("loki")["common"]).toMatchObject({ replication_factor: 1, ring: { kvstore: { store: "inmemory" } } });
  });

  testWithHelm("loki")("has no role without rules, which an API server keeps otherwise than it was given", () => {
    const roles = [...renderedOf("loki", "ClusterRole"), ...renderedOf("loki", "Role")];
    expect(roles.filter(({ rules }) => Array.isArray(rules) && rules.length === 0)).toEqual([]);
  });

  testWithHelm("loki")("has the bucket's key by a Secret, and no key in its config", () => {
    const [set] = renderedOf("loki", "StatefulSet");
    expect(JSON.stringify(set)).toContain('"envFrom":[{"secretRef":{"name":"logs-bucket"}}]');
    expect(config("loki")["common"]).toMatchObject({
      storage: { s3: { bucketnames: "prod-logs", endpoint: "fr-par-1.linodeobjects.com", region: "fr-par-1" } },
    });
  });

  testWithHelm("loki")("keeps all on its volume where there is no bucket", () => {
    expect(config("loki-on-a-volume")["common"]).toMatchObject({ storage: { filesystem: {} } });
    expect(config("loki-on-a-volume")["compactor"]).toMatchObject({ delete_request_store: "filesystem" });
  });

  test("keeps logs for the days of the settings, in hours", () => {
    const { loki } = lokiValues(platformSettings({ retention: { logs: 7 } }));
    expect(loki.limits_config.retention_period).toBe("168h");
  });
});

describe("Prometheus", () => {
  testWithHelm("prometheus")(
    "takes metrics of traces, with the way back to each trace, and every team's monitors",
    () => {
      const [prometheus] = renderedOf("prometheus", "Prometheus");
      expect(prometheus?.["spec"]).toMatchObject({
        retention: "15d",
        enableRemoteWriteReceiver: true,
        enableFeatures: ["exemplar-storage"],
        serviceMonitorSelector: {},
        podMonitorSelector: {},
        ruleSelector: {},
      });
    },
  );

  testWithHelm("prometheus")("makes nothing by hooks, which do not run", () => {
    const [chart, values, options] = releases[0]!;
    const hooks = rendered(chart, values(), options?.namespace, options?.name).filter(({ metadata }) =>
      JSON.stringify(metadata).includes("helm.sh/hook"),
    );
    expect(hooks.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([]);
  });

  testWithHelm("prometheus")("has the certificate of its webhook from cert-manager, and is never in the way", () => {
    const [webhook] = renderedOf("prometheus", "ValidatingWebhookConfiguration");
    expect(JSON.stringify(webhook)).toContain('"cert-manager.io/inject-ca-from":"monitoring/prometheus-admission"');
    expect(JSON.stringify(webhook)).toContain('"failurePolicy":"Ignore"');
  });

  testWithHelm("prometheus")("is found where the others look for it", () => {
    const services = ["prometheus", "loki", "tempo"].flatMap((name) => renderedOf(name, "Service"));
    const addresses = services.flatMap(({ metadata, spec }) =>
      (spec as { ports: { port: number }[] }).ports.map(({ port }) => `http://${metadata.name}.monitoring.svc:${port}`),
    );
    expect(addresses).toEqual(
      expect.arrayContaining([prometheusUrl, lokiUrl, tempoUrl, `${tempoUrl.slice(0, -4)}4317`]),
    );
  });
});

describe("Tempo", () => {
  testWithHelm("tempo")("keeps traces for the days of the settings, in its bucket", () => {
    expect(parse(textOf("tempo", "tempo.yaml"))).toMatchObject({
      compactor: { compaction: { block_retention: "720h" } },
      storage: { trace: { backend: "s3", s3: { bucket: "prod-logs" } } },
      multitenancy_enabled: true,
    });
  });
});

describe("Alloy", () => {
  testWithHelm("alloy")("gets the templates of its config as they are written, not filled in by the chart", () => {
    expect(textOf("alloy-events", "config.alloy").trim()).toBe(eventsConfig(source).trim());
    expect(eventsConfig(source)).toContain("{{ .kind }}/{{ .name }}");
  });

  test("labels events by the scheme of the audit, and by nothing else", () => {
    expect(eventsConfig(source)).toContain('values = ["job", "stack", "environment", "actor", "action"]');
    expect(eventsConfig(source)).toContain('values = { resource = "", commit = "" }');
  });

  testWithHelm("alloy")("watches events from one pod, or each would be written twice", () => {
    const [set] = renderedOf("alloy-events", "StatefulSet");
    expect(set?.["spec"]).toMatchObject({ replicas: 1 });
  });

  testWithHelm("alloy")("may read pods and events of the API, and nothing else", () => {
    const rules = ["alloy-logs", "alloy-events"].flatMap((name) =>
      renderedOf(name, "ClusterRole").map((role) => role["rules"] as { resources: string[]; verbs: string[] }[]),
    );
    const rights = rules.map((all) => all.map(({ resources, verbs }) => [resources, verbs]));
    expect(rights).toEqual(
      ["pods", "events"].map((resource) => [
        [[resource], ["get", "list"]],
        [[resource], ["watch"]],
      ]),
    );
  });
});

describe("the Grafana of an environment", () => {
  const sources = (args: typeof ofStaging) => grafanaValues(args).datasources["datasources.yaml"].datasources;

  test("reads as the tenant that its environment is, and metrics by the filter in its own pod", () => {
    const found = sources(ofStaging).map(({ name, url, ...rest }) => [
      name,
      url,
      "secureJsonData" in rest && rest.secureJsonData,
    ]);
    expect(found).toEqual([
      ["Metrics", "http://127.0.0.1:9095", false],
      ["Logs", lokiUrl, { httpHeaderValue1: "staging" }],
      ["Traces", tempoUrl, { httpHeaderValue1: "staging" }],
    ]);
  });

  testWithHelm("grafana")("filters by its own namespace, in the pod that it is in", () => {
    const [deployment] = renderedOf("grafana-staging", "Deployment");
    expect(JSON.stringify(deployment)).toContain('"--label=namespace","--label-value=staging"');
  });

  test("leads from metrics to traces, from logs to traces, and from traces to both", () => {
    const [metrics, logs, traces] = sources(ofStaging).map(({ jsonData }) => JSON.stringify(jsonData));
    expect([metrics, logs].every((data) => data?.includes('"datasourceUid":"tempo"'))).toBe(true);
    expect(traces).toMatch(
      /"tracesToLogsV2":\{"datasourceUid":"loki".*"tracesToMetrics":\{"datasourceUid":"prometheus"/,
    );
  });

  test("lets in members of teams that have a right there, and no other", () => {
    const teams = { web: { github: "web", rights: { staging: "view" } }, data: { github: "data" } };
    const more = { teams, gitops: { repository: "https://github.com/example/x", githubOrganization: "example" } };
    const values = grafanaValues({ ...ofStaging, settings: platformSettings(more) });
    expect(values["grafana.ini"]).toMatchObject({
      auth: { disable_login_form: true },
      "auth.github": {
        allowed_organizations: "example",
        role_attribute_path: "(contains(groups[*], '@example/web')) && 'Viewer' || ''",
        role_attribute_strict: true,
      },
    });
  });

  test("is under the environment's host", () => {
    expect(grafanaValues(ofStaging).ingress.hosts).toEqual(["grafana.staging.example.com"]);
    expect(grafanaValues(ofPlatform).ingress.hosts).toEqual(["grafana.example.com"]);
  });
});
