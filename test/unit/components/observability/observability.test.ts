/** What is watched of a platform, as the engine is told of it. */

import { Provider } from "@pulumi/kubernetes/provider";
import { bucketPrefix } from "../../../../components/cluster/bucket";
import { Observability, type ObservabilityArgs } from "../../../../components/observability/observability";
import { derivedPassword } from "../../../../settings/platform/derived-password";
import { registrationsOf, secretOf, type Registration } from "../registrations";
import { platformSettings } from "../platform-settings";

const seed = "fedcba9876543210fedcba9876543210";

const engine = {
  "linode:index/objectStorageBucket:ObjectStorageBucket": { s3Endpoint: "https://fr-par-1.linodeobjects.com" },
  "linode:index/objectStorageKey:ObjectStorageKey": { accessKey: "AKIA", secretKey: "bucket-s3cret" },
};
const buckets = { region: "fr-par", prefix: "prod-1a2b3c4d", protect: true };
const login = { repository: "https://github.com/example/x", githubOrganization: "example" };
const secrets = {
  seed,
  githubClientId: "client-id",
  githubClientSecret: "client-s3cret",
  alertWebhook: "https://hooks.example.com/hook-s3cret",
};

async function declared(more: Partial<ObservabilityArgs> = {}): Promise<Registration[]> {
  const settings = platformSettings({ gitops: login });
  const { all } = await registrationsOf(engine, () => {
    const kubernetes = new Provider("kubernetes", { kubeconfig: "" });
    return new Observability(
      "observability",
      { stack: "prod", settings, secrets, buckets, ...more },
      { providers: { kubernetes } },
    );
  });
  return all.filter(({ type }) => type !== "pulumi:providers:kubernetes");
}

const named = async (name: string, more: Partial<ObservabilityArgs> = {}) =>
  (await declared(more)).find((one) => one.name === name)!;

/** What a program reads of a Secret. */
async function dataOf(name: string, more: Partial<ObservabilityArgs> = {}): Promise<Record<string, string>> {
  const { inputs } = await named(name, more);
  return secretOf(inputs["stringData"]) as Record<string, string>;
}

test("all that is made of it", async () => {
  const all = (await declared()).map(({ type, name, parent }) => `${parent} > ${type.split(":").at(-1) ?? ""} ${name}`);
  expect(all.sort()).toEqual(
    [
      " > Observability observability",
      "monitoring > Namespace monitoring",
      "monitoring > NetworkPolicy monitoring-default-deny",
      "node-agents > Namespace node-agents",
      "node-agents > NetworkPolicy node-agents-default-deny",
      "observability > PlatformNamespace monitoring",
      "observability > PlatformNamespace node-agents",
      "observability > Chart prometheus",
      "observability > Chart loki",
      "observability > Chart tempo",
      "observability > Chart alloy-logs",
      "observability > Chart alloy-events",
      "observability > Chart grafana-platform",
      "observability > Chart grafana-staging",
      "observability > Chart grafana-production",
      "observability > Secret alertmanager-routes",
      "observability > Secret grafana-login",
      "observability > Secret grafana-platform-admin",
      "observability > Secret grafana-staging-admin",
      "observability > Secret grafana-production-admin",
      "observability > ObjectStorageBucket logs",
      "observability > ObjectStorageKey logs",
      "observability > Secret logs-bucket",
      "observability > ObjectStorageBucket traces",
      "observability > ObjectStorageKey traces",
      "observability > Secret traces-bucket",
      "observability > PrometheusRule observability-alerts",
    ].sort(),
  );
});

test("pods of monitoring may do nothing to their node; what reads nodes lives apart", async () => {
  const levels = (await declared())
    .filter(({ type }) => type === "kubernetes:core/v1:Namespace")
    .map(({ name, inputs }) => [name, JSON.stringify(inputs).match(/enforce":"(\w+)/)?.[1]]);
  expect(Object.fromEntries(levels)).toEqual({ monitoring: "restricted", "node-agents": "privileged" });
  expect((await named("alloy-logs")).inputs).toMatchObject({ namespace: "node-agents" });
});

test("no secret is in clear in what the engine is told", async () => {
  const all = JSON.stringify(await declared(), (_key, value: unknown) =>
    secretOf(value) === undefined ? value : "secret",
  );
  const known = ["client-s3cret", "hook-s3cret", "bucket-s3cret", seed, derivedPassword(seed, "grafana-staging-admin")];
  expect(known.filter((text) => all.includes(text))).toEqual([]);
});

test("the values of charts hold no secret, so that a preview can show them", async () => {
  const charts = (await declared()).filter(({ type }) => type === "kubernetes:helm.sh/v4:Chart");
  expect(charts.filter(({ inputs }) => secretOf(inputs["values"]) !== undefined)).toEqual([]);
});

describe("the buckets", () => {
  test("have names that no other stack and no other domain has, short enough for a bucket", () => {
    expect(bucketPrefix("prod", "example.com")).toMatch(/^groundwork-prod-[0-9a-f]{8}$/);
    const others = [bucketPrefix("prod", "example.org"), bucketPrefix("Prod", "example.com")];
    expect(others).not.toContain(bucketPrefix("prod", "example.com"));
    expect(bucketPrefix("A_Very.Long".repeat(9), "example.com")).toMatch(/^[a-z0-9-]{1,50}$/);
  });

  test("are one for logs and one for traces, which the engine does not delete unless it is told to", async () => {
    const made = (await declared()).filter(({ type }) => type.endsWith(":ObjectStorageBucket"));
    expect(made.map(({ inputs, protect }) => [inputs, protect])).toEqual([
      [{ label: "prod-1a2b3c4d-logs", region: "fr-par" }, true],
      [{ label: "prod-1a2b3c4d-traces", region: "fr-par" }, true],
    ]);
    expect(await named("logs", { buckets: { ...buckets, protect: false } })).toMatchObject({ protect: false });
  });

  test("are opened by a key each, that opens no other", async () => {
    const keys = (await declared()).filter(({ type }) => type.endsWith(":ObjectStorageKey"));
    expect(keys.map(({ inputs }) => inputs["bucketAccesses"])).toEqual([
      [{ bucketName: "prod-1a2b3c4d-logs", region: "fr-par", permissions: "read_write" }],
      [{ bucketName: "prod-1a2b3c4d-traces", region: "fr-par", permissions: "read_write" }],
    ]);
  });

  test("are reached by the host of the API, with the region that signatures name", async () => {
    const { inputs } = await named("loki");
    expect(inputs["values"]).toMatchObject({
      loki: { storage: { s3: { endpoint: "fr-par-1.linodeobjects.com", region: "fr-par-1" } } },
    });
  });

  test("are not there for a cluster that is not Linode's: logs and traces are on volumes", async () => {
    const types = (await declared({ buckets: undefined })).map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("linode:"))).toEqual([]);
    const { inputs } = await named("tempo", { buckets: undefined });
    expect(inputs["values"]).toMatchObject({ tempo: { storage: { trace: { backend: "local" } } } });
  });
});

describe("passwords", () => {
  test("of Grafana are made of the seed, another one for each", async () => {
    expect(await dataOf("grafana-staging-admin")).toEqual({
      "admin-user": "admin",
      "admin-password": derivedPassword(seed, "grafana-staging-admin"),
    });
    expect(derivedPassword(seed, "grafana-staging-admin")).not.toBe(derivedPassword(seed, "grafana-platform-admin"));
  });

  test("are the same ones as long as the seed is, and fit wherever a password goes", () => {
    expect(derivedPassword(seed, "a")).toBe(derivedPassword(seed, "a"));
    expect(derivedPassword(seed, "a")).toMatch(/^[\w-]{43}$/);
  });
});

describe("alerts", () => {
  test("are told by the webhook, which only Alertmanager knows", async () => {
    const { "alertmanager.yaml": routes } = await dataOf("alertmanager-routes");
    expect(JSON.parse(routes!)).toMatchObject({
      receivers: [{ name: "team", webhook_configs: [{ url: secrets.alertWebhook }] }],
    });
  });

  test("without a webhook are told nowhere but where they are looked at", async () => {
    const { "alertmanager.yaml": routes } = await dataOf("alertmanager-routes", { secrets: { seed } });
    expect(JSON.parse(routes!)).toMatchObject({ receivers: [{ name: "team" }] });
  });

  test("come after the webhook that looks at them", async () => {
    expect((await named("observability-alerts")).dependsOn).toContain("prometheus");
  });
});
