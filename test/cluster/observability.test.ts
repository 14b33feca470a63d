/** All that watches a platform, its charts rendered by helm, on a real API server: taken as it is, and its pods are let in. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Observability } from "../../components/observability/observability";
import { charts, type ChartName } from "../../settings/platform/charts";
import { ControlPlane, describeWithControlPlane } from "../support/control-plane";
import { rendered, testWithHelm, type Values } from "../unit/components/chart-values";
import { allSecrets, platformSettings } from "../unit/components/platform-settings";
import { registrationsOf, revealed, type Registration } from "../unit/components/registrations";

jest.setTimeout(240_000);

const definitions = join(__dirname, "..", "..", "..", "shared", "reference", "charts", "crds");
const hasDefinitions = existsSync(definitions);
if (!hasDefinitions) process.stderr.write("skipped: what watches a platform, whose definitions are not here\n");
const needed: readonly ChartName[] = ["prometheus", "loki", "tempo", "grafana", "alloy"];
const hasCharts = needed.map((name) => testWithHelm(name)).every((one) => one === test);
const describeIt = hasDefinitions && hasCharts ? describeWithControlPlane : describe.skip;

const settings = platformSettings({ gitops: { githubOrganization: "example" } });

/** What the engine would make: the component's own objects, and those of its charts. */
async function objectsOf(): Promise<readonly object[]> {
  const args = { stack: "prod", settings, secrets: allSecrets };
  const { all } = await registrationsOf({}, () => new Observability("observability", args));
  const own = all.filter(({ type }) => /^kubernetes:(?!helm\.sh)/.test(type)).map(({ inputs }) => revealed(inputs));
  const ofCharts = all.filter(({ type }) => type === "kubernetes:helm.sh/v4:Chart").flatMap(renderedOf);
  return [...(own as object[]), ...ofCharts];
}

function renderedOf({ name, inputs }: Registration): object[] {
  const { chart, values, namespace } = inputs as { chart: string; values: Values; namespace: string };
  const of = needed.find((one) => charts[one].chart === chart)!;
  return rendered(of, values, namespace, name);
}

describeIt("what watches a platform", () => {
  let folder: string, plane: ControlPlane;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"));
    await plane.define(definitions);
  });
  afterAll(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is accepted, every field of it, though the webhook that checks rules does not answer", async () => {
    const all = await objectsOf();
    const isNamespace = (object: object) => "kind" in object && object.kind === "Namespace";
    const ordered = [...all.filter(isNamespace), ...all.filter((one) => !isNamespace(one))];
    const list = { apiVersion: "v1", kind: "List", items: ordered };
    const { exitCode, stderr } = await plane.applyStrictly(list);
    // The API server warns of pods that would not do in a restricted namespace: the two that see their node.
    const warnings = stderr.trim().split("\n");
    expect([exitCode, warnings]).toEqual([0, [expect.stringContaining('"varlog"'), expect.stringContaining('"proc"')]]);
  });

  test("has its pods let in: restricted ones in monitoring, those that see nodes in node-agents alone", async () => {
    await plane.kubectl(
      "-n",
      "monitoring",
      "wait",
      "deployments",
      "--all",
      "--for=condition=Available",
      "--timeout=60s",
    );
    for (const name of ["alloy-logs", "prometheus-prometheus-node-exporter"]) {
      await plane.kubectl("-n", "node-agents", "rollout", "status", `daemonset/${name}`, "--timeout=60s");
    }
    const sets = ["alloy-events", "loki", "tempo"].map((name) => `pod/${name}-0`);
    await plane.kubectl("-n", "monitoring", "wait", "--for=create", ...sets, "--timeout=60s");
    const refused = await plane.kubectl("get", "events", "-A", "--field-selector=reason=FailedCreate", "-o", "name");
    expect(refused.trim()).toBe("");
  });
});
