import {
  openBaoProviderValues,
  openBaoValues,
  serverConfig,
  storeNames,
} from "../../../components/secrets/openbao-values";
import { SecretStore } from "../../../components/secrets/secret-store";
import { sealedSecretsValues, secretsStoreValues } from "../../../components/secrets/secrets-values";
import { certificateSpec } from "../../../components/secrets/store-certificate";
import { rendered, testChartValues, testWithHelm, type RenderedObject } from "./chart-values";
import { testDefinition } from "./definitions";
import { unrestricted } from "./pod-security";
import { registrationsOf } from "./registrations";

const settings = { replicas: 3, storage: "10Gi" } as const;
// Copied whole into the pods by the charts' templates.
const limits = (...paths: string[]) => ({ unlisted: paths });

testChartValues("openbao", () => openBaoValues(settings), {
  namespace: "secrets",
  ...limits("server.readinessProbe.path"),
});
testChartValues("openbao-provider", openBaoProviderValues, { namespace: "kube-system" });
testChartValues("sealed-secrets", sealedSecretsValues, {
  namespace: "secrets",
  ...limits("podSecurityContext.seccompProfile"),
});
testChartValues("secrets-store", secretsStoreValues, { namespace: "kube-system" });

const config = () => JSON.parse(openBaoValues(settings).server.ha.raft.config) as ReturnType<typeof serverConfig>;

interface Pod {
  readonly containers: readonly Readonly<Record<string, unknown>>[];
}

function find(objects: readonly RenderedObject[], kind: string, name: string) {
  const found = objects.find((one) => one.kind === kind && one.metadata.name === name);
  return found as unknown as {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: {
      readonly replicas: number;
      readonly podManagementPolicy: string;
      readonly template: { readonly spec: Pod };
    };
    readonly data: Readonly<Record<string, string>>;
  };
}

describe("the store, rendered", () => {
  const objects = () => rendered("openbao", openBaoValues(settings), "secrets");

  testWithHelm("openbao")("is replicas that start at once, each waiting for nobody but who unseals it", () => {
    const { metadata, spec } = find(objects(), "StatefulSet", "openbao");
    expect([spec.replicas, spec.podManagementPolicy, metadata.annotations]).toEqual([
      3,
      "Parallel",
      { "pulumi.com/skipAwait": "true" },
    ]);
    expect(spec.template.spec.containers[0]!["readinessProbe"]).toMatchObject({
      httpGet: { path: "/v1/sys/health?standbyok=true", scheme: "HTTPS" },
    });
    expect(find(objects(), "Service", "openbao-active").metadata.annotations).toEqual({
      "pulumi.com/skipAwait": "true",
    });
  });

  testWithHelm("openbao")("keeps to the restricted standard", () => {
    // Hooks do not run.
    const made = objects().filter(({ metadata }) => metadata.name !== "openbao-server-test");
    expect(made.flatMap(unrestricted)).toEqual([]);
  });

  testWithHelm("sealed-secrets")("keeps to it beside the controller of sealed secrets", () => {
    expect(rendered("sealed-secrets", sealedSecretsValues(), "secrets").flatMap(unrestricted)).toEqual([]);
  });

  testWithHelm("openbao")("is configured as the values say, whatever helm makes of templates", () => {
    const text = find(objects(), "ConfigMap", "openbao-config").data["extraconfig-from-values.hcl"]!;
    expect(JSON.parse(text)).toEqual(config());
  });

  testWithHelm("sealed-secrets")("never renews the sealing key by itself", () => {
    const { spec } = find(rendered("sealed-secrets", sealedSecretsValues(), "secrets"), "Deployment", "sealed-secrets");
    const args = spec.template.spec.containers[0]!["args"] as string[];
    expect(args[args.indexOf("--key-renew-period") + 1]).toBe("0");
  });

  testWithHelm("openbao-provider")("has no server beside the provider on the nodes", () => {
    const all = rendered("openbao-provider", openBaoProviderValues(), "kube-system");
    expect(all.filter(({ kind }) => /StatefulSet|Deployment|DaemonSet/.test(kind)).map(({ kind }) => kind)).toEqual([
      "DaemonSet",
    ]);
    const [container] = find(all, "DaemonSet", "openbao-provider-csi-provider").spec.template.spec.containers;
    expect(container!["args"]).toEqual(
      expect.arrayContaining([
        "-openbao-addr=https://openbao-active.secrets.svc:8200",
        "-openbao-tls-ca-cert=/openbao/tls/ca.crt",
      ]),
    );
  });
});

describe("the configuration of the store", () => {
  const args = { dataFolder: "/data", listen: { requests: "a", peers: "b" }, inKubernetes: true };

  test("has TLS, an audit of every request, and each replica as a peer", () => {
    const { listener, audit, storage } = config();
    expect(listener[0]!.tcp).toMatchObject({
      tls_cert_file: "/openbao/tls/tls.crt",
      tls_key_file: "/openbao/tls/tls.key",
    });
    expect(audit).toMatchObject([{ file: { stdout: { options: { file_path: "stdout" } } } }]);
    expect(storage.raft.retry_join).toEqual(
      [0, 1, 2].map((index) => ({
        leader_api_addr: `https://openbao-${index}.openbao-internal:8200`,
        leader_ca_cert_file: "/openbao/tls/ca.crt",
      })),
    );
  });

  test("names no authority where there is no TLS", () => {
    const { storage } = serverConfig({ ...args, peers: ["http://127.0.0.1:1"] });
    expect(storage.raft.retry_join).toEqual([{ leader_api_addr: "http://127.0.0.1:1" }]);
  });
});

describe("the store of secrets", () => {
  const declared = async () => (await registrationsOf({}, () => new SecretStore("secrets", { settings }))).all;

  test("is OpenBao and Sealed Secrets in a namespace of their own, and what the nodes need beside other drivers", async () => {
    expect((await declared()).map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual([
      ["groundwork:cluster:PlatformNamespace", "secrets", "secrets"],
      ["groundwork:secrets:SecretStore", "secrets", ""],
      ["kubernetes:cert-manager.io/v1:Certificate", "openbao-provider-tls", "secrets"],
      ["kubernetes:cert-manager.io/v1:Certificate", "openbao-tls", "secrets"],
      ["kubernetes:core/v1:Namespace", "secrets", "secrets"],
      ["kubernetes:helm.sh/v4:Chart", "openbao", "secrets"],
      ["kubernetes:helm.sh/v4:Chart", "openbao-provider", "secrets"],
      ["kubernetes:helm.sh/v4:Chart", "sealed-secrets", "secrets"],
      ["kubernetes:helm.sh/v4:Chart", "secrets-store", "secrets"],
      ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "secrets-default-deny", "secrets"],
    ]);
  });

  test("has its certificates before what mounts them", async () => {
    const all = await declared();
    const waits = (name: string) => all.find((one) => one.name === name && one.type.endsWith("Chart"))!.dependsOn;
    expect(waits("openbao")).toContain("openbao-tls");
    expect(waits("openbao-provider")).toEqual(expect.arrayContaining(["openbao-provider-tls", "secrets-store"]));
  });

  test("puts into the namespace of the store nothing that needs the node", async () => {
    const all = await declared();
    const namespaceOf = (name: string) => all.find((one) => one.name === name)!.inputs["namespace"];
    expect(["secrets-store", "openbao-provider"].map(namespaceOf)).toEqual(["kube-system", "kube-system"]);
  });

  testDefinition("cert-manager.yaml", "Certificate")(
    "has certificates that cert-manager's definition takes",
    (check) => {
      expect(check({ spec: certificateSpec("openbao-tls", storeNames) })).toEqual([]);
    },
  );
});
