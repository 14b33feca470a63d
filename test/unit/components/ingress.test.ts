import { certManagerValues, linodeSolverValues } from "../../../components/ingress/certificate-values";
import { Certificates } from "../../../components/ingress/certificates";
import { externalDnsValues } from "../../../components/ingress/external-dns-values";
import { Ingress, type IngressArgs } from "../../../components/ingress/ingress";
import { ingressValues } from "../../../components/ingress/ingress-values";
import { internalAuthoritySpec, issuerSpec } from "../../../components/ingress/issuers";
import { metricsServerValues } from "../../../components/cluster/metrics-server";
import { rendered, testChartValues, testWithHelm } from "./chart-values";
import { testDefinition } from "./definitions";
import { registrationsOf, secretOf, type Registration } from "./registrations";

const onLke = { proxyProtocol: false, balancers: "192.168.128.0/17", nodeBalancerTags: ["groundwork", "prod"] };
const behindProxy = { ...onLke, proxyProtocol: true };
const prefix = "service.beta.kubernetes.io/linode-loadbalancer-";
const dns = { owner: "groundwork-prod", domain: "example.com" };

testChartValues("ingress", () => ingressValues(behindProxy), {
  namespace: "ingress",
  // Copied whole into the pod: templates/_helpers.tpl.
  unlisted: ["controller.resources.limits"],
});
testChartValues("cert-manager", certManagerValues, { namespace: "cert-manager" });
testChartValues("linode-solver", () => linodeSolverValues("cert-manager"), { namespace: "cert-manager" });
testChartValues("external-dns", () => externalDnsValues(dns), { namespace: "ingress" });
testChartValues("metrics-server", metricsServerValues, {
  namespace: "kube-system",
  // Copied whole into the pod: templates/deployment.yaml.
  unlisted: ["resources.limits"],
});

describe("the NodeBalancer", () => {
  const annotations = (args: Parameters<typeof ingressValues>[0]) => ingressValues(args).controller.service.annotations;

  test("passes connections as they are, to the nodes that take one", () => {
    expect(annotations(onLke)).toEqual({
      [`${prefix}default-protocol`]: "tcp",
      [`${prefix}check-type`]: "connection",
      [`${prefix}tags`]: "groundwork,prod",
    });
  });

  test("and NGINX speak the PROXY protocol, both or neither", () => {
    const entries = (args: Parameters<typeof ingressValues>[0]): object =>
      ingressValues(args).controller.config.entries;
    expect(entries(onLke)).not.toHaveProperty("proxy-protocol");
    expect(annotations(behindProxy)).toMatchObject({ [`${prefix}default-proxy-protocol`]: "v2" });
    expect(entries(behindProxy)).toMatchObject({
      "proxy-protocol": "True",
      "real-ip-header": "proxy_protocol",
      "set-real-ip-from": "192.168.128.0/17",
    });
  });

  test("is not spoken of on a cluster that is not Linode's", () => {
    expect(annotations({ proxyProtocol: true, balancers: "10.0.0.0/8" })).toEqual({});
  });
});

describe("NGINX, rendered", () => {
  testWithHelm("ingress")("keeps to the restricted standard, and tells nobody that it is there", () => {
    const objects = rendered("ingress", ingressValues(onLke), "ingress");
    const pod = podOf(objects.find(({ kind }) => kind === "Deployment"));
    expect(pod.securityContext).toMatchObject({ seccompProfile: { type: "RuntimeDefault" } });
    expect(pod.containers[0]).toMatchObject({
      args: expect.arrayContaining(["-enable-telemetry-reporting=false", "-enable-custom-resources=false"]) as unknown,
      securityContext: {
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
      },
    });
  });

  testWithHelm("ingress")("is the class of every Ingress that names none, and is measured", () => {
    const objects = rendered("ingress", ingressValues(onLke), "ingress");
    const ofKind = (kind: string) => objects.filter((one) => one.kind === kind);
    expect(ofKind("IngressClass").map(({ metadata }) => [metadata.name, metadata["annotations"]])).toEqual([
      ["nginx", { "ingressclass.kubernetes.io/is-default-class": "true" }],
    ]);
    expect([ofKind("ServiceMonitor").length, ofKind("PodDisruptionBudget").length]).toEqual([1, 1]);
  });
});

interface PodSpec {
  readonly securityContext: object;
  readonly containers: readonly object[];
}

function podOf(object: unknown): PodSpec {
  return (object as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
}

const http01 = { email: "platform@example.com" };
const dns01 = { ...http01, recordsToken: "linode-token" };
const declared = (args: ConstructorParameters<typeof Certificates>[1]) =>
  registrationsOf({}, () => new Certificates("certificates", args)).then(({ all }) => all);
const names = (all: readonly Registration[]) => all.map(({ type, name, parent }) => [type, name, parent]).sort();
const find = (all: readonly Registration[], name: string, type = "") =>
  all.find((one) => one.name === name && one.type.endsWith(type))!;

describe("certificates", () => {
  test("are cert-manager, a check that it takes orders, and an issuer for each of Let's Encrypt's directories", async () => {
    expect(names(await declared(http01))).toEqual([
      ["groundwork:cluster:PlatformNamespace", "cert-manager", "certificates"],
      ["groundwork:ingress:Certificates", "certificates", ""],
      ["groundwork:ingress:StartupCheck", "cert-manager-startup-check", "certificates"],
      ["kubernetes:batch/v1:Job", "cert-manager-startup-check", "cert-manager-startup-check"],
      ["kubernetes:cert-manager.io/v1:Certificate", "internal-ca", "certificates"],
      ["kubernetes:cert-manager.io/v1:ClusterIssuer", "internal", "certificates"],
      ["kubernetes:cert-manager.io/v1:ClusterIssuer", "internal-root", "certificates"],
      ["kubernetes:cert-manager.io/v1:ClusterIssuer", "letsencrypt-production", "certificates"],
      ["kubernetes:cert-manager.io/v1:ClusterIssuer", "letsencrypt-staging", "certificates"],
      ["kubernetes:core/v1:Namespace", "cert-manager", "cert-manager"],
      ["kubernetes:core/v1:ServiceAccount", "cert-manager-startup-check", "cert-manager-startup-check"],
      ["kubernetes:helm.sh/v4:Chart", "cert-manager", "certificates"],
      ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "cert-manager-default-deny", "cert-manager"],
      ["kubernetes:rbac.authorization.k8s.io/v1:Role", "cert-manager-startup-check", "cert-manager-startup-check"],
      [
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "cert-manager-startup-check",
        "cert-manager-startup-check",
      ],
    ]);
  });

  test("are issued by whoever cert-manager's webhook has let in", async () => {
    const all = await declared(http01);
    expect(find(all, "letsencrypt-staging").dependsOn).toContain("cert-manager-startup-check");
    expect(find(all, "cert-manager-startup-check", "StartupCheck").dependsOn).toContain("cert-manager");
  });

  test("inside the cluster are issued by an authority of the platform's own, which signs itself", async () => {
    const all = await declared(http01);
    expect(find(all, "internal-ca").dependsOn).toContain("internal-root");
    expect(find(all, "internal", "ClusterIssuer").inputs["spec"]).toEqual({ ca: { secretName: "internal-ca" } });
  });

  testDefinition("cert-manager.yaml", "Certificate")(
    "of the authority are what cert-manager's definition takes",
    (check) => {
      expect(check({ spec: internalAuthoritySpec() })).toEqual([]);
    },
  );

  test("by DNS-01 bring the solver, whose token stays a secret", async () => {
    const all = await declared(dns01);
    expect(find(all, "linode-solver", "Chart").inputs["chart"]).toBe(
      "https://github.com/slicen/cert-manager-webhook-linode/releases/download/v0.2.0/cert-manager-webhook-linode-v0.2.0.tgz",
    );
    const { stringData } = find(all, "linode-domain-token", "Secret").inputs;
    expect(secretOf(stringData) ?? secretOf((stringData as { token: unknown }).token)).toBeDefined();
    expect(JSON.stringify(all.filter(({ name }) => name !== "linode-domain-token"))).not.toContain('linode-token"');
    expect(find(all, "letsencrypt-staging").dependsOn).toContain("linode-solver");
  });

  testDefinition("cert-manager.yaml", "ClusterIssuer")(
    "by either challenge are what cert-manager's definition takes",
    (check) => {
      for (const challenge of ["http01", "dns01"] as const) {
        for (const authority of ["staging", "production"] as const) {
          expect(check({ spec: issuerSpec(authority, "platform@example.com", challenge) })).toEqual([]);
        }
      }
      expect(check({ spec: { acme: { email: 1 } } })).not.toEqual([]);
    },
  );
});

describe("the way in", () => {
  const wayIn = (args: IngressArgs) => registrationsOf({}, () => new Ingress("ingress", args)).then(({ all }) => all);

  test("is NGINX in a namespace of its own", async () => {
    expect(names(await wayIn(onLke))).toEqual([
      ["groundwork:cluster:PlatformNamespace", "ingress", "ingress"],
      ["groundwork:ingress:Ingress", "ingress", ""],
      ["kubernetes:core/v1:Namespace", "ingress", "ingress"],
      ["kubernetes:helm.sh/v4:Chart", "ingress", "ingress"],
      ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "ingress-default-deny", "ingress"],
    ]);
  });

  test("keeps the domain's records where the settings say so, by a token that stays a secret", async () => {
    const all = await wayIn({ ...onLke, records: { ...dns, token: "linode-token" } });
    const { stringData } = find(all, "ingress-linode-domain-token").inputs;
    expect(secretOf(stringData) ?? secretOf((stringData as { token: unknown }).token)).toBeDefined();
    expect(find(all, "external-dns").inputs["values"]).toMatchObject({
      txtOwnerId: "groundwork-prod",
      domainFilters: ["example.com"],
      provider: { name: "linode" },
    });
    expect(find(all, "external-dns").dependsOn).toContain("ingress-linode-domain-token");
  });
});
