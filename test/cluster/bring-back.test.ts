/**
 * The applications of environments, brought back on a real API server with ArgoCD's own definition of an Application. ArgoCD's
 * controller is played: it does what it is asked in one step, unless a test has it do otherwise.
 */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bringBack, listSynced } from "../../delivery/argocd/bring-back";
import { unknownObjects } from "../../delivery/checkpoints/unknown-objects";
import type { SyncedApplication } from "../../delivery/argocd/application";
import { ControlPlane, describeWithControlPlane, kubectlPath } from "../support/control-plane";
import { laterRefusalOf } from "../support/refusal";
import { skipSaying } from "../support/sandbox";
import { PlayedArgocd, source } from "./support-argocd";

jest.setTimeout(180_000);

const definitions = join(__dirname, "..", "..", "..", "shared", "reference", "charts", "crds");
const describeWithArgocd = existsSync(join(definitions, "argo-cd-application.yaml"))
  ? describeWithControlPlane
  : skipSaying("ArgoCD's definition of an Application is not here");

describeWithArgocd("the applications of a platform", () => {
  const { PATH: path } = process.env;
  let folder: string, plane: ControlPlane, argocd: PlayedArgocd;
  let said: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-cluster-"));
    plane = await ControlPlane.start(join(folder, "plane"), { nodes: 0 });
    process.env["PATH"] = `${kubectlPath}:${path ?? ""}`;
    await plane.kubectl("apply", "--server-side", "--filename", join(definitions, "argo-cd-application.yaml"));
    await plane.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all");
    for (const name of ["argocd", "staging", "production"]) await plane.kubectl("create", "namespace", name);
  });
  afterAll(async () => {
    process.env["PATH"] = path;
    await plane.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    said = [];
    argocd = new PlayedArgocd(plane);
  });
  afterEach(async () => {
    await argocd.stop();
    await plane.kubectl("delete", "applications.argoproj.io", "--all", "--all-namespaces");
  });

  const options = {
    actor: "ada",
    reason: "a test",
    say: (line: string) => void said.push(line),
    pauseMs: 50,
    limitMs: 30_000,
  };
  const bring = (recorded: readonly SyncedApplication[], more: object = {}) =>
    bringBack({ kubeconfig: plane.kubeconfig }, recorded, { ...options, ...more });
  const recorded = () => listSynced({ kubeconfig: plane.kubeconfig });

  test("come back to what they were synced with, wave by wave", async () => {
    for (const [name, wave] of [
      ["shop", 1],
      ["database", 0],
      ["queue", 0],
    ] as const) {
      await argocd.add({ namespace: "production", name, wave, revision: "old" });
    }
    const then = await recorded();
    for (const name of ["shop", "database", "queue"]) await argocd.sync("production", name, "new");
    argocd.play();
    const left = await bring(then);
    const order = argocd.begun.map(({ name }) => name);
    expect([order.slice(0, 2).sort(), order.slice(2)]).toEqual([["database", "queue"], ["shop"]]);
    // The last one of the lower wave was done before the next wave was begun.
    expect(argocd.begun.at(-1)).toMatchObject({ username: "ada", revision: "old", source, isAlone: true });
    expect((await recorded()).map(({ revision }) => revision)).toEqual(["old", "old", "old"]);
    expect(left).toEqual(
      ["database", "queue", "shop"].map(
        (name) => expect.stringMatching(`production/${name} is back at old, and Git says something newer`) as string,
      ),
    );
  });

  test("that are as they were, are not touched", async () => {
    await argocd.add({ namespace: "production", name: "shop", wave: 0, revision: "old" });
    argocd.play();
    expect(await bring(await recorded())).toEqual([]);
    expect(argocd.begun).toEqual([]);
  });

  test("that follow Git are waited for, and only Git brings them back", async () => {
    await argocd.add({ namespace: "staging", name: "shop", wave: 0, revision: "old", isAutomatic: true });
    const then = await recorded();
    await argocd.sync("staging", "shop", "new");
    expect(await bring(then)).toEqual([
      expect.stringContaining("staging/shop follows Git and is at new; it was at old. Revert in Git"),
    ]);
    expect(argocd.begun).toEqual([]);
  });

  test("that came since are left, and that went since are named", async () => {
    await argocd.add({ namespace: "production", name: "gone", wave: 0, revision: "old" });
    const then = await recorded();
    await plane.kubectl("delete", "applications.argoproj.io", "gone", "--namespace", "production");
    await argocd.add({ namespace: "production", name: "fresh", wave: 0, revision: "new" });
    argocd.play();
    expect(await bring(then)).toEqual([
      "production/fresh was not there at the checkpoint, and is left as it is.",
      "production/gone is no longer in Git; revert the commit that took it out.",
    ]);
  });

  test("of which one fails: later waves wait, other environments come back, and the message has ArgoCD's words", async () => {
    await argocd.add({ namespace: "production", name: "database", wave: 0, revision: "old" });
    await argocd.add({ namespace: "production", name: "shop", wave: 1, revision: "old" });
    await argocd.add({ namespace: "staging", name: "shop", wave: 0, revision: "old" });
    const then = await recorded();
    for (const [namespace, name] of [
      ["production", "database"],
      ["production", "shop"],
      ["staging", "shop"],
    ] as const) {
      await argocd.sync(namespace, name, "new");
    }
    argocd.fail("database", "the volume is too small");
    argocd.play();
    const refusal = await laterRefusalOf(bring(then));
    expect([refusal.code, refusal.message]).toEqual([
      "INFRA_NOT_RUNNING",
      "production/database does not come back: the volume is too small",
    ]);
    expect(argocd.begun.map(({ namespace, name }) => `${namespace}/${name}`).sort()).toEqual([
      "production/database",
      "staging/shop",
    ]);

    argocd.fail(undefined);
    await bring(then);
    expect((await recorded()).map(({ revision }) => revision)).toEqual(["old", "old", "old"]);
  });

  test("of which one does not come back in time, are named with how they are", async () => {
    await argocd.add({ namespace: "production", name: "shop", wave: 0, revision: "old" });
    const then = await recorded();
    await argocd.sync("production", "shop", "new");
    const refusal = await laterRefusalOf(bring(then, { limitMs: 500 }));
    expect(refusal.violations).toEqual([{ message: "production/shop is Healthy, Synced" }]);
  });

  test("and objects that Pulumi applied and a state does not know are found, among all kinds", async () => {
    const object = (name: string) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "staging" },
      data: { of: name },
    });
    for (const name of ["known", "unknown"]) {
      expect((await plane.applyStrictly(object(name), "--field-manager=pulumi-kubernetes-1a2b")).exitCode).toBe(0);
    }
    await plane.applyStrictly(object("others"));
    const state = { resources: [{ urn: "urn", type: "kubernetes:core/v1:ConfigMap", outputs: object("known") }] };
    expect(await unknownObjects({ kubeconfig: plane.kubeconfig }, state)).toEqual(["ConfigMap staging/unknown"]);
  });
});
