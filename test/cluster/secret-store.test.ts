/** The store of secrets and what takes its snapshots, their chart rendered by helm, on a real API server. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SecretStore } from "../../components/secrets/secret-store";
import { ControlPlane, describeWithControlPlane } from "../support/control-plane";
import { rendered, testWithHelm, type RenderedObject, type Values } from "../unit/components/chart-values";
import { registrationsOf, revealed } from "../unit/components/registrations";

jest.setTimeout(180_000);

const describeIt = testWithHelm("openbao") === test ? describeWithControlPlane : describe.skip;

const engine = {
  "linode:index/objectStorageBucket:ObjectStorageBucket": { s3Endpoint: "https://fr-par-1.linodeobjects.com" },
  "linode:index/objectStorageKey:ObjectStorageKey": { accessKey: "AKIA", secretKey: "secret" },
};

/** What the engine would make in the store's namespace, which is no hook; but for what needs definitions of others. */
async function objectsOf(): Promise<{ readonly own: readonly object[]; readonly ofChart: readonly object[] }> {
  const buckets = { region: "fr-par", prefix: "prod", protect: true };
  const args = { settings: { replicas: 3, storage: "10Gi" }, snapshots: { buckets, days: 30 } } as const;
  const { all } = await registrationsOf(engine, () => new SecretStore("secrets", args));
  const builtIn = /^kubernetes:(core|networking\.k8s\.io)\//;
  const own = all.filter(({ type }) => builtIn.test(type)).map(({ inputs }) => revealed(inputs) as object);
  const { inputs } = all.find(({ name, type }) => name === "openbao" && type.endsWith(":Chart"))!;
  const ofChart = rendered("openbao", inputs["values"] as Values, "secrets");
  const isMade = ({ kind, metadata }: RenderedObject) =>
    kind !== "ServiceMonitor" && !JSON.stringify(metadata["annotations"] ?? {}).includes("helm.sh/hook");
  return { own, ofChart: ofChart.filter(isMade) };
}

describeIt("the store of secrets", () => {
  let folder: string, plane: ControlPlane;
  const said: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"));
    const { own, ofChart } = await objectsOf();
    for (const items of [own, ofChart]) {
      const { stderr } = await plane.applyStrictly({ apiVersion: "v1", kind: "List", items });
      said.push(stderr.trim());
    }
  });
  afterAll(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is accepted, every field of it, and no pod of it is warned of", () => {
    expect(said).toEqual(["", ""]);
  });

  test("has snapshots taken by a pod that its namespace lets in", async () => {
    const inSecrets = ["--namespace", "secrets"];
    await plane.kubectl("create", "job", "now", "--from=cronjob/openbao-snapshot", ...inSecrets);
    const isThere = "--for=jsonpath={.status.active}=1";
    await plane.kubectl("wait", "job/now", isThere, "--timeout=60s", ...inSecrets);
    const labels = await plane.kubectl(
      ...["get", "pods", ...inSecrets, "--selector", "batch.kubernetes.io/job-name=now"],
      ...["--output", "jsonpath={.items[*].metadata.labels.component}"],
    );
    expect(labels).toBe("snapshot-agent");
  });
});
