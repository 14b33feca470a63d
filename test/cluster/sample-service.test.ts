/** The chart that teams copy, in an environment of a real API server: taken as it is, within the bounds, and ready. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Environment } from "../../components/environments/environment";
import { rootApplication } from "../../components/gitops/root-application";
import { ControlPlane, describeWithControlPlane } from "../support/control-plane";
import { renderedFolder, testHelm, type RenderedObject } from "../unit/components/chart-values";
import { platformSettings } from "../unit/components/platform-settings";
import { registrationsOf, revealed } from "../unit/components/registrations";

jest.setTimeout(180_000);

const root = join(__dirname, "..", "..");
const definitions = join(root, "..", "shared", "reference", "charts", "crds");
const hasDefinitions = existsSync(definitions);
if (!hasDefinitions)
  process.stderr.write("skipped: the sample service's custom resources, whose definitions are not here\n");
const describeIt = testHelm() === test && hasDefinitions ? describeWithControlPlane : describe.skip;

const settings = platformSettings();
const { platform } = rootApplication(settings, "staging").source.helm.valuesObject;
const values = {
  platform,
  replicas: { min: 2, max: 3 },
  sealedSecret: { encryptedData: { API_KEY: "AgBy8hCi" } },
  secretStore: { files: { password: "password" } },
};

describeIt("the sample service", () => {
  let folder: string, plane: ControlPlane;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"));
    await plane.define(definitions);
    for (const object of await environmentObjects()) expect((await apply(object)).stderr).toBe("");
    // The controller of sealed secrets is not here; this is what it would make.
    await plane.kubectl("create", "secret", "generic", "shop", "--namespace", "staging", "--from-literal=API_KEY=x");
  });
  afterAll(async () => {
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function environmentObjects(): Promise<object[]> {
    const environment = settings.environments["staging"]!;
    const { all } = await registrationsOf({}, () => new Environment("staging", { settings: environment, teams: {} }));
    const objects = all
      .filter(({ type }) => type.startsWith("kubernetes:"))
      .map(({ inputs }) => revealed(inputs) as object);
    return objects.sort((one) => ("kind" in one && one.kind === "Namespace" ? -1 : 1));
  }

  const apply = (object: object) => plane.applyStrictly(object, "--namespace", "staging");

  const objects = (): RenderedObject[] =>
    renderedFolder(join(root, "gitops/charts/sample-service"), "shop", values, "staging");

  test("is accepted in an environment, every field of it, the pod of its smoke test too", async () => {
    const refused: string[] = [];
    for (const object of objects()) {
      const { exitCode, stderr } = await apply(object);
      if (exitCode !== 0 || stderr !== "") refused.push(`${object.kind}: ${stderr.trim()}`);
    }
    expect(refused).toEqual([]);
  });

  test("becomes ready within the environment's quota, with as many pods as its autoscaler wants at least", async () => {
    for (const object of objects()) await apply(object);
    const ready = "--for=jsonpath={.status.readyReplicas}=2";
    await plane.kubectl("wait", ready, "deployment/shop", "--namespace", "staging", "--timeout", "90s");
  });

  test("has endpoints that its service finds by the labels", async () => {
    for (const object of objects()) await apply(object);
    await plane.kubectl("rollout", "status", "deployment/shop", "--namespace", "staging", "--timeout", "60s");
    const slices = ["--namespace", "staging", "--selector", "kubernetes.io/service-name=shop"];
    const found = await plane.kubectl(
      "get",
      "endpointslices",
      ...slices,
      "--output",
      "jsonpath={.items[*].ports[*].port}",
    );
    expect(found.split(" ").sort()).toEqual(["8080", "9090"]);
  });
});
