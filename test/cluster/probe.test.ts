/**
 * `bin/platform probe` on a real API server, which really calls: webhooks and an API are servers on loopback, reached by Services
 * that are names for it. No packet is dropped by a policy here; a server that never answers is what the API server sees of that.
 */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probe } from "../../delivery/probe/probe";
import { platformProgram } from "../../tools/platform/program";
import { selfSigned, type Certificate } from "../support/certificate";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "../support/control-plane";
import { freePort } from "../support/free-port";
import { laterRefusalOf } from "../support/refusal";
import { confused, refusing, silent, type StandIn } from "../support/webhook";
import { around, services, webhookOf, type WebhookNamespace } from "./support-webhooks";

jest.setTimeout(180_000);

/** The definitions that the projects publish. */
const published = join(__dirname, "..", "..", "..", "shared", "reference", "charts", "crds");
if (!existsSync(published)) process.stderr.write("skipped: published definitions, in whose place empty ones stand\n");

const customResource = (group: string, kind: string, plural: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { kind, plural },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
});

describeWithControlPlane("the probe of what the API server must reach", () => {
  const { PATH: path, KUBECONFIG: before } = process.env;
  let folder: string, plane: ControlPlane, kubeconfig: string;
  let certificates: Record<string, Certificate>;
  let running: StandIn[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"), { nodes: 0 });
    kubeconfig = join(folder, "kubeconfig");
    writeFileSync(kubeconfig, plane.kubeconfig, { mode: 0o600 });
    process.env["PATH"] = `${kubectlPath}:${path ?? ""}`;
    process.env["KUBECONFIG"] = kubeconfig;
    certificates = Object.fromEntries(
      Object.entries(services).map(([namespace, { name }]) => [
        namespace,
        selfSigned(folder, 2, `${name}.${namespace}.svc`),
      ]),
    );
    if (existsSync(published)) await plane.define(published);
    else await apply(customResource("cert-manager.io", "Certificate", "certificates"), rules());
    await plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all");
    await apply(...Object.keys(services).map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })));
    for (const [namespace, { name }] of Object.entries(services)) await apply(...around(namespace, name));
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    running = [];
  });
  afterAll(async () => {
    process.env["PATH"] = path;
    if (before === undefined) delete process.env["KUBECONFIG"];
    else process.env["KUBECONFIG"] = before;
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const rules = () => customResource("monitoring.coreos.com", "PrometheusRule", "prometheusrules");

  async function apply(...items: object[]): Promise<void> {
    const { exitCode, stderr } = await plane.applyStrictly(
      { apiVersion: "v1", kind: "List", items },
      "--force-conflicts",
    );
    if (exitCode !== 0) throw new Error(stderr);
  }

  async function standIn(starting: Promise<StandIn>): Promise<number> {
    const started = await starting;
    running.push(started);
    return started.port;
  }

  /** Tells the API server to ask at this port. */
  const webhookAt = (namespace: WebhookNamespace, port: number, failurePolicy = "Fail") =>
    apply(webhookOf(namespace, { port, failurePolicy, cert: certificates[namespace]!.cert }));

  /** The result of one; what was just told to the API server is there within this limit. */
  async function resultOf(subject: string, limitMs = 4000) {
    const results = await probe({ kubeconfig, limitMs });
    return results.find((one) => one.subject === subject);
  }
  const certManager = "cert-manager/cert-manager-webhook";

  test("passes webhooks that refuse what they must refuse, also one that may be left out", async () => {
    await webhookAt("cert-manager", await standIn(refusing(certificates["cert-manager"]!)));
    await webhookAt("monitoring", await standIn(refusing(certificates["monitoring"]!)), "Ignore");
    const results = await probe({ kubeconfig });
    expect(results.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      [certManager, "passed"],
      ["monitoring/prometheus-operator", "passed"],
    ]);
    expect(results.map(({ message }) => message.replace(/\d+/, "N"))).toEqual([
      "refused a certificate for no name after N ms",
      "refused a rule that is no PromQL after N ms",
    ]);
  });

  test("names the setting, with what it lets in now, where a call is never answered", async () => {
    await webhookAt("cert-manager", await standIn(silent()));
    const result = await resultOf(certManager);
    expect(result?.outcome).toBe("failed");
    expect(result?.message).toContain(
      "let in 192.168.128.0/17: add the block that the API server calls from to `network.apiServer`",
    );
    expect(result?.message).toContain("context deadline exceeded");
  });

  test("tells a port where nobody listens from that", async () => {
    await webhookAt("cert-manager", await freePort());
    const result = await resultOf(certManager);
    expect(result?.message).toMatch(/^its pods are ready, and nobody listens at its port: .*connection refused/);
  });

  test("tells a certificate that the API server does not trust from that", async () => {
    await webhookAt("cert-manager", await standIn(refusing(certificates["monitoring"]!)));
    expect((await resultOf(certManager))?.message).toMatch(/^the API server does not trust its certificate/);
  });

  test("tells an answer that is no verdict from that", async () => {
    await webhookAt("cert-manager", await standIn(confused(certificates["cert-manager"]!)));
    expect((await resultOf(certManager))?.message).toMatch(/^it is reached and answers, but gives no verdict/);
  });

  test("looks at pods first: without one that is ready no setting would help", async () => {
    await webhookAt("cert-manager", await standIn(silent()));
    await apply(...around("cert-manager", services["cert-manager"].name, false));
    const result = await resultOf(certManager);
    await apply(...around("cert-manager", services["cert-manager"].name));
    expect(result?.message).toMatch(/^no pod of it is ready/);
  });

  test("sees by the time it took that a webhook which may be left out was not answered", async () => {
    await webhookAt("monitoring", await standIn(silent()), "Ignore");
    const result = await resultOf("monitoring/prometheus-operator");
    expect(result?.message).toMatch(
      /^calls to it are dropped, .*`network.apiServer`.* \(a rule that is no PromQL was taken\)$/,
    );
  });

  test("sees that one failed at once, and does not blame the policies", async () => {
    await webhookAt("monitoring", await freePort(), "Ignore");
    expect((await resultOf("monitoring/prometheus-operator"))?.message).toMatch(
      /^its pods are ready, and the call failed at once/,
    );
  });

  test("misses a webhook that is not there at all", async () => {
    await plane.kubectl("delete", "validatingwebhookconfiguration", services.monitoring.name);
    expect(await resultOf("prometheus-operator", 0)).toEqual({
      subject: "prometheus-operator",
      outcome: "failed",
      message: "no webhook is asked about prometheusrules.monitoring.coreos.com: run `pulumi up`, which brings it",
    });
  });

  describe("of an API that somebody else answers", () => {
    const metrics = "v1beta1.metrics.k8s.io";
    const apiAt = (port: number) =>
      apply({
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: metrics },
        spec: {
          group: "metrics.k8s.io",
          version: "v1beta1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { namespace: "kube-system", name: "metrics-server", port },
        },
      });
    beforeAll(() => apply(...around("kube-system", "metrics-server").slice(0, 2)));
    afterAll(() => plane.kubectl("delete", "apiservice", metrics));

    test("passes one that answers, and blames no setting where one is cut off in a namespace that is open", async () => {
      await apiAt(await standIn(refusing(certificates["monitoring"]!)));
      expect(await resultOf(metrics, 60_000)).toEqual({ subject: metrics, outcome: "passed", message: "is available" });

      await apiAt(await standIn(silent()));
      await plane.kubectl("wait", "--for=condition=Available=False", `apiservice/${metrics}`, "--timeout=60s");
      const result = await resultOf(metrics, 0);
      expect(result?.message).toMatch(/^calls to it are dropped, and no policy .* \(FailedDiscoveryCheck: /);
    });
  });

  test("ends the command with how many are not reached", async () => {
    await webhookAt("cert-manager", await standIn(refusing(certificates["cert-manager"]!)));
    await webhookAt("monitoring", await freePort());
    const written = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const { exitStatus, message } = await laterRefusalOf(platformProgram().parseAsync(["probe"], { from: "user" }));
    const text = written.mock.calls.map(([chunk]) => String(chunk)).join("");
    written.mockRestore();
    expect([exitStatus, message]).toEqual([1, "The API server does not reach 1 of 2."]);
    expect(text.split("\n").map((line) => line.split(": ").slice(0, 2))).toEqual([
      ["failed", "monitoring/prometheus-operator"],
      ["passed", certManager],
      [""],
    ]);
  });
});
