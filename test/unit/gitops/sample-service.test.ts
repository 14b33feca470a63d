/** The chart that teams copy. */

import { join, resolve } from "node:path";
import { quotaSpec } from "../../../components/environments/environment-objects";
import { flowsOf } from "../../../components/network/flows";
import { policiesOf } from "../../../components/network/rendering";
import { rootApplication } from "../../../components/gitops/root-application";
import { renderedFolder, runHelm, testHelm, type RenderedObject, type Values } from "../components/chart-values";
import { testDefinition } from "../components/definitions";
import { platformSettings } from "../components/platform-settings";
import { unrestricted } from "../components/pod-security";

const chart = join(resolve(__dirname, "../../.."), "gitops/charts/sample-service");
const settings = platformSettings();
const { platform } = rootApplication(settings, "staging").source.helm.valuesObject;
const everything = {
  replicas: { min: 2, max: 4 },
  env: { GREETING: "good day" },
  sealedSecret: { encryptedData: { API_KEY: "AgBy8hCi" } },
  secretStore: { files: { "database-password": "password" } },
};

const render = (values: Values = {}) => renderedFolder(chart, "sample-service", { platform, ...values }, "staging");
const named = (objects: RenderedObject[]) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
const only = (kind: string, values: Values = {}): RenderedObject =>
  render(values).find((object) => object.kind === kind)!;
const specOf = (object: RenderedObject) => object["spec"] as Values;
const podOf = (values: Values = {}) => (specOf(only("Deployment", values))["template"] as { spec: Pod }).spec;

interface Pod {
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly envFrom?: unknown;
    readonly image: string;
    readonly resources: Values;
    readonly volumeMounts: readonly {
      readonly name: string;
      readonly mountPath: string;
      readonly readOnly?: boolean;
    }[];
  }[];
  readonly volumes: readonly Values[];
}

const itIs = testHelm();

itIs("passes helm's own checks", () => {
  const lint = (values: Values) => runHelm(["lint", "--strict", chart, "--values", "-"], JSON.stringify(values));
  expect([lint({}), lint(everything)]).toEqual(
    Array(2).fill(expect.stringContaining("1 chart(s) linted, 0 chart(s) failed")),
  );
});

itIs("is no more than it needs, with the defaults", () => {
  expect(named(render())).toEqual([
    "Deployment sample-service",
    "Ingress sample-service",
    "NetworkPolicy sample-service",
    "Pod sample-service-smoke-test",
    "Service sample-service",
    "ServiceAccount sample-service",
    "ServiceMonitor sample-service",
  ]);
});

itIs("is scaled, kept when nodes are drained, and has both kinds of secrets, when asked to", () => {
  const more = named(render(everything)).filter((name) => !named(render()).includes(name));
  expect(more).toEqual([
    "HorizontalPodAutoscaler sample-service",
    "PodDisruptionBudget sample-service",
    "SealedSecret sample-service",
    "SecretProviderClass sample-service",
  ]);
});

itIs("leaves the number of pods to the autoscaler alone", () => {
  expect(specOf(only("Deployment", everything))).not.toHaveProperty("replicas");
  expect(specOf(only("Deployment", { replicas: { min: 3, max: 3 } }))["replicas"]).toBe(3);
});

itIs("answers at its name under the environment's host, with a certificate", () => {
  const ingress = only("Ingress");
  expect(ingress.metadata["annotations"]).toMatchObject({ "cert-manager.io/cluster-issuer": "letsencrypt-production" });
  expect(specOf(ingress)).toMatchObject({
    ingressClassName: "nginx",
    rules: [{ host: "sample-service.staging.example.com" }],
    tls: [{ hosts: ["sample-service.staging.example.com"], secretName: "sample-service-tls" }],
  });
  expect(specOf(only("Ingress", { hostname: "shop" }))["rules"]).toEqual([
    expect.objectContaining({ host: "shop.staging.example.com" }),
  ]);
});

itIs("allows the flows of the platform's table, and no others", () => {
  const isOfTheService = (selector: Values): boolean =>
    Object.keys(selector).length === 0 ||
    (selector["matchLabels"] as Values | undefined)?.["app.kubernetes.io/component"] === "service";
  const ofTable = policiesOf(flowsOf(settings))
    .filter(({ namespace }) => namespace === "staging")
    .map(({ spec }) => spec as unknown as Values)
    .filter((spec) => isOfTheService(spec["podSelector"] as Values));
  expect(doors([specOf(only("NetworkPolicy"))])).toEqual(doors(ofTable));
});

itIs("sends its traces to its environment's part of Tempo, and says what it is", () => {
  const environment = Object.fromEntries(podOf(everything).containers[0]!.env.map(({ name, value }) => [name, value]));
  expect(environment).toEqual({
    OTEL_SERVICE_NAME: "sample-service",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=staging,service.namespace=staging",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://tempo.monitoring.svc:4317",
    OTEL_EXPORTER_OTLP_HEADERS: "x-scope-orgid=staging",
    OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.1",
    GREETING: "good day",
  });
});

itIs("reads a sealed secret as environment variables, and makes new pods when it changes", () => {
  expect(podOf(everything).containers[0]?.envFrom).toEqual([{ secretRef: { name: "sample-service" } }]);
  const mark = (encryptedData: Values) =>
    (specOf(only("Deployment", { sealedSecret: { encryptedData } }))["template"] as RenderedObject).metadata[
      "annotations"
    ];
  expect(mark({ API_KEY: "one" })).not.toEqual(mark({ API_KEY: "two" }));
});

itIs("reads OpenBao's secrets as files that it cannot write", () => {
  expect(podOf(everything).containers[0]?.volumeMounts).toContainEqual({
    name: "secrets",
    mountPath: "/secrets",
    readOnly: true,
  });
  expect(specOf(only("SecretProviderClass", everything))).toEqual({
    provider: "openbao",
    parameters: {
      roleName: "staging",
      objects: expect.stringMatching(
        /objectName: "database-password"\n\s+secretPath: "kv\/data\/staging\/sample-service"\n\s+secretKey: "password"/,
      ) as string,
    },
  });
});

itIs("may run in a namespace that is restricted, its smoke test too", () => {
  expect([only("Deployment", everything), only("Pod", everything)].flatMap(unrestricted)).toEqual([]);
});

itIs("is held still by a digest", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const image = { repository: "ghcr.io/example/shop", tag: "1.2.3", digest };
  expect(podOf({ image }).containers[0]?.image).toBe(`ghcr.io/example/shop:1.2.3@${digest}`);
});

itIs("says of each container what the environment's quota asks for", () => {
  const asked = Object.keys(quotaSpec(settings.environments["staging"]!).hard).filter((key) =>
    /^(requests|limits)/.test(key),
  );
  const pods = [podOf(everything), specOf(only("Pod")) as unknown as Pod];
  for (const { resources } of pods.flatMap(({ containers }) => containers)) {
    const said = Object.entries(resources).flatMap(([kind, amounts]) =>
      Object.keys(amounts as Values).map((name) => `${kind}.${name}`),
    );
    expect(said.sort()).toEqual(asked.sort());
  }
});

itIs.each<[string, Values, RegExp]>([
  ["a key that there is not", { replica: 2 }, /replica/],
  ["an image that is another one tomorrow", { image: { repository: "ghcr.io/example/shop", tag: "latest" } }, /image/],
  ["a digest that is none", { image: { repository: "a", tag: "1", digest: "sha256:12" } }, /digest/],
  ["no pods", { replicas: { min: 0, max: 1 } }, /replicas/],
  [
    "fewer pods at most than at least",
    { replicas: { min: 3, max: 2 } },
    /replicas\.max 2 is less than replicas\.min 3/,
  ],
  ["memory that is no quantity", { resources: { limits: { memory: "64 MB" } } }, /memory/],
  ["a file of OpenBao's in another folder", { secretStore: { files: { "../token": "token" } } }, /token/],
  ["an environment variable that is no name", { env: { "MY-NAME": "x" } }, /MY-NAME/],
  ["a variable that is no text", { env: { PORT: 80 } }, /PORT/],
  ["a path without a slash", { probes: { live: "healthz", ready: "/readyz" } }, /probes/],
])("is refused before anything is rendered: %s", (_, values, why) => {
  expect(() => render(values)).toThrow(why);
});

testDefinition(
  "bitnami.com_sealedsecrets.yaml",
  "SealedSecret",
  itIs,
)("the API server takes the sealed secret", (check) => {
  expect(check(only("SealedSecret", everything))).toEqual([]);
});

testDefinition(
  "secrets-store.csi.x-k8s.io_secretproviderclasses.yaml",
  "SecretProviderClass",
  itIs,
)("the API server takes the class of OpenBao's secrets", (check) =>
  expect(check(only("SecretProviderClass", everything))).toEqual([]),
);

testDefinition(
  "prometheus-operator.yaml",
  "ServiceMonitor",
  itIs,
)("the API server takes the monitor", (check) => {
  expect(check(only("ServiceMonitor"))).toEqual([]);
});

/** Each peer at each port, either way, as one line; sorted. */
function doors(specs: readonly Values[]): string[] {
  interface Rule {
    readonly from?: readonly unknown[];
    readonly to?: readonly unknown[];
    readonly ports?: readonly { readonly port: number; readonly protocol?: string }[];
  }
  const ofRule = (way: string, peers: readonly unknown[], { ports = [] }: Rule) =>
    peers.flatMap((peer) =>
      ports.map(({ port, protocol }) => `${way} ${JSON.stringify(peer)} ${port}/${protocol ?? "TCP"}`),
    );
  const lines = specs.flatMap(({ ingress = [], egress = [] }) => [
    ...(ingress as Rule[]).flatMap((rule) => ofRule("from", rule.from ?? [], rule)),
    ...(egress as Rule[]).flatMap((rule) => ofRule("to", rule.to ?? [], rule)),
  ]);
  return [...new Set(lines)].sort();
}
