/**
 * What `bin/delivery apply` looks at after it has applied a platform, on a real API server: ArgoCD's Applications, webhooks and the
 * smoke tests that the settings name. ArgoCD's controller is played, and so are page, Prometheus, Loki and Tempo; the way to the
 * three is real: kubectl asks the API server, that asks the kubelet, which kwok plays, and the kubelet leads to the stand-in.
 */

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { verifyPlatform } from "../../delivery/plan/verification";
import type { VerificationOptions } from "../../delivery/plan/platform-verification";
import { describeViolation } from "../../settings/errors";
import { keepers, monitoringNamespace } from "../../settings/platform/monitoring";
import { until } from "../engine/support-outcome";
import { selfSigned } from "../support/certificate";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "../support/control-plane";
import { laterRefusalOf } from "../support/refusal";
import { skipSaying } from "../support/sandbox";
import { SmokeServers } from "../support/smoke-servers";
import { refusing, type StandIn } from "../support/webhook";
import { PlayedArgocd } from "./support-argocd";
import { around, services, webhookOf, type WebhookNamespace } from "./support-webhooks";

jest.setTimeout(180_000);

const definitions = join(__dirname, "..", "..", "..", "shared", "reference", "charts", "crds");
const describeWithDefinitions = existsSync(definitions)
  ? describeWithControlPlane
  : skipSaying("the definitions of ArgoCD, cert-manager and Prometheus are not here");

/** A Service with one pod, which has the name that a chart's StatefulSet gives it. */
function keeperObjects({ service, port }: (typeof keepers)[keyof typeof keepers]): object[] {
  const labels = { app: service };
  const metadata = { name: service, namespace: monitoringNamespace };
  const pod = { metadata: { labels }, spec: { containers: [{ name: "main", image: "example" }] } };
  return [
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port }] } },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: { serviceName: service, selector: { matchLabels: labels }, template: pod },
    },
  ];
}

/** The processes that lead into a cluster and were started here. */
function portForwards(): string[] {
  const own = String(process.pid);
  return readdirSync("/proc").filter((pid) => {
    try {
      const isForward = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("port-forward");
      return isForward && new RegExp(`\\) \\S+ ${own} `).test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    } catch {
      return false; // It has ended, or is none.
    }
  });
}

describeWithDefinitions("after an apply of a platform", () => {
  const { PATH: path } = process.env;
  const trusted = getCACertificates();
  const webhooks: StandIn[] = [];
  let folder: string, plane: ControlPlane, argocd: PlayedArgocd, servers: SmokeServers;
  let shown: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    process.env["PATH"] = `${kubectlPath}:${path ?? ""}`;
    const certificate = selfSigned(folder, 60);
    setDefaultCACertificates([...trusted, certificate.cert]);
    servers = await SmokeServers.start(certificate);
    const forwards = Object.values(keepers).map(({ service, port }) => ({
      namespace: monitoringNamespace,
      pod: `${service}-0`,
      port,
      target: servers.apiPort,
    }));
    plane = await ControlPlane.start(join(folder, "plane"), { nodes: 1, forwards });
    await plane.define(definitions);
    const namespaces = ["argocd", "staging", "production", ...Object.keys(services)];
    await apply(...namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })));
    await apply(...Object.values(keepers).flatMap(keeperObjects));
    for (const namespace of Object.keys(services) as WebhookNamespace[]) await addWebhook(namespace);
    const ready = ["wait", "--for=jsonpath={.status.readyReplicas}=1", "statefulsets", "--all", "--timeout=90s"];
    await plane.kubectl(...ready, "--namespace", monitoringNamespace);
  });
  afterAll(async () => {
    process.env["PATH"] = path;
    setDefaultCACertificates(trusted);
    await Promise.all([plane.stop(), servers.stop(), ...webhooks.map((one) => one.stop())]);
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    shown = [];
    argocd = new PlayedArgocd(plane);
    await argocd.add({ namespace: "staging", name: "shop", wave: 0, revision: "new", isAutomatic: true });
    await argocd.add({ namespace: "production", name: "shop", wave: 0, revision: "old" });
    Object.assign(servers.answers, { keepsTraces: true, service: "shop" });
    configure([{ environment: "staging", application: "shop", page: servers.pageUrl }]);
  });
  afterEach(async () => {
    await plane.kubectl("delete", "applications.argoproj.io", "--all", "--all-namespaces");
  });

  async function apply(...items: object[]): Promise<void> {
    const { exitCode, stderr } = await plane.applyStrictly({ apiVersion: "v1", kind: "List", items });
    if (exitCode !== 0) throw new Error(stderr);
  }

  async function addWebhook(namespace: WebhookNamespace): Promise<void> {
    const { name } = services[namespace];
    const certificate = selfSigned(folder, 2, `${name}.${namespace}.svc`);
    const started = await refusing(certificate);
    webhooks.push(started);
    await apply(...around(namespace, name), webhookOf(namespace, { port: started.port, cert: certificate.cert }));
  }

  /** Writes the stack's file. */
  function configure(smokeTests: readonly object[]): void {
    const platform = { domain: "example.com", smokeTests };
    writeFileSync(join(folder, "Pulumi.prod.yaml"), JSON.stringify({ config: { "groundwork:platform": platform } }));
  }

  /** Looks at it all; what is not there at once is waited for a few seconds alone. */
  function verify(limits: VerificationOptions = {}, signal = new AbortController().signal) {
    const workspace = { directory: folder, stack: "prod", variables: {} };
    const context = { workspace, signal, say: () => undefined, show: (text: string) => void shown.push(text) };
    return verifyPlatform({ kubeconfig: plane.kubeconfig }, context, {
      limitMs: 0,
      pauseMs: 50,
      smokeLimitMs: 20_000,
      ...limits,
    });
  }

  /** The table's first three columns. */
  const rows = () =>
    shown
      .join("\n")
      .split("\n")
      .filter((line) => line.startsWith("| ") && !/^\| (---|Check )/.test(line))
      .map((line) => line.split(" | ").slice(0, 3).join(" ").replace("| ", "").replaceAll("`", ""));

  test("all that is well stands in one table, and no tunnel stays", async () => {
    await verify();
    expect(rows()).toEqual([
      "application production/shop passed",
      "application staging/shop passed",
      "probe cert-manager/cert-manager-webhook passed",
      "probe monitoring/prometheus-operator passed",
      ...["name", "page", "metrics", "log", "trace", "application"].map(
        (check) => `smoke test staging/shop: ${check} passed`,
      ),
    ]);
    expect(portForwards()).toEqual([]);
  });

  test("each check that did not pass is named at once, with what repeats it, and the table is shown all the same", async () => {
    await argocd.tell("staging", "shop", "Synced", { status: "Degraded", message: "no quota" });
    servers.answers.keepsTraces = false;
    const { code, exitStatus, violations } = await laterRefusalOf(verify({ smokeLimitMs: 10_000 }));
    expect([code, exitStatus]).toEqual(["ENGINE_FAILED", 1]);
    const unwell = "is Synced and Degraded: no quota; allowed: Synced and Healthy";
    const smokeAgain = "(again: `bin/platform smoke -s prod`)";
    expect(violations.map(describeViolation)).toEqual([
      `application staging/shop: ${unwell} (again: \`kubectl get applications.argoproj.io -A\`)`,
      expect.stringMatching(/^smoke test staging\/shop: trace: .*\/api\/traces\/\S+ answered 404: {2}\(again: /),
      `smoke test staging/shop: application: shop ${unwell} ${smokeAgain}`,
    ]);
    expect(rows()).toHaveLength(10);
    expect(portForwards()).toEqual([]);
  });

  test("an application that becomes well is waited for", async () => {
    await argocd.tell("staging", "shop", "OutOfSync", { status: "Progressing" });
    const waiting = verify({ limitMs: 60_000 });
    await argocd.tell("staging", "shop", "Synced", { status: "Healthy" });
    await waiting;
    expect(rows()[1]).toBe("application staging/shop passed");
  });

  test("an application that a person syncs may be behind Git, where it is healthy", async () => {
    await argocd.tell("production", "shop", "OutOfSync", { status: "Healthy" });
    await verify();
    expect(rows()[0]).toBe("application production/shop passed");
  });

  test("a smoke test of an application that is not there says so", async () => {
    configure([{ environment: "staging", application: "web", page: servers.pageUrl }]);
    servers.answers.service = "web";
    const { violations } = await laterRefusalOf(verify({ smokeLimitMs: 10_000 }));
    expect(violations.map(describeViolation)).toEqual([
      expect.stringContaining('applications.argoproj.io "web" not found'),
    ]);
  });

  test("a webhook that nobody has registered fails it too", async () => {
    await plane.kubectl("delete", "validatingwebhookconfiguration", services.monitoring.name);
    const refused = laterRefusalOf(verify({ probeLimitMs: 0 }));
    const { violations } = await refused.finally(() => addWebhook("monitoring"));
    expect(violations.map(describeViolation)).toEqual([
      "probe prometheus-operator: no webhook is asked about prometheusrules.monitoring.coreos.com: run `pulumi up`, which brings it (again: `bin/platform probe`)",
    ]);
  });

  test("without smoke tests the summary says how to have some, and the rest is looked at", async () => {
    configure([]);
    await verify();
    expect(rows()).toHaveLength(4);
    expect(shown.join()).toContain("No smoke test is configured");
  });

  test("stopped, it ends at once: no tunnel stays, and no kubeconfig", async () => {
    const kubeconfigs = () => readdirSync(tmpdir()).filter((name) => name.startsWith("groundwork-kubectl-"));
    const before = kubeconfigs();
    servers.answers.keepsTraces = false;
    const stopped = new AbortController();
    const waiting = verify({ smokeLimitMs: 120_000 }, stopped.signal).catch((error: unknown) => error);
    await until("all tunnels are open", () => portForwards().length === 3);
    stopped.abort();
    expect(await waiting).toBe(stopped.signal.reason);
    expect([portForwards(), kubeconfigs().filter((name) => !before.includes(name)), shown]).toEqual([[], [], []]);
  });
});
