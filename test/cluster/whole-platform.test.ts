/**
 * A whole platform by the real engine and the real plugins of Kubernetes and Linode, against an API server and the stand-in of
 * Linode's API: made, unchanged, drifted, repaired, interrupted, and taken away.
 */

import { readFileSync } from "node:fs";
import { describeWithPlatform, PlatformWorld, stackSecrets } from "../support/platform-world";
import { saidBy, stackTrace } from "../engine/support-outcome";
import type { Ended } from "../support/sandbox";

jest.setTimeout(900_000);

/** An engine that fails says why, and is not waited for in a test that goes on. */
function expectExitIn(ended: Ended, exitCode: number): void {
  if (ended.exitCode !== exitCode)
    throw new Error(`ended with ${String(ended.exitCode)}: ${saidBy(ended).slice(-8000)}`);
}

const drift = ["refresh", "--preview-only", "--expect-no-changes", "--diff"];
const up = ["up", "--yes", "--skip-preview"];

/** How long it took, said for the report. */
async function timed<T>(what: string, act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  tell(what, `${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}

function tell(what: string, found: string): void {
  process.stderr.write(`whole platform: ${what}: ${found}\n`);
}

/** Two pools, the second of so many nodes. */
function withExtra(count: number) {
  return { nodePools: { main: { type: "g6-standard-4", count: 3 }, extra: { type: "g6-standard-2", count } } };
}

describeWithPlatform("a platform", () => {
  let world: PlatformWorld;
  const pulumi = (...parameters: readonly string[]) => timed(parameters[0]!, () => world.pulumi(...parameters));

  beforeAll(async () => {
    world = await PlatformWorld.start();
    world.configure({ cluster: withExtra(1) });
    expectExitIn(await timed("the first up", () => world.pulumi(...up)), 0);
  });
  afterAll(() => world.stop());

  test("is unchanged by a second `up`", async () => {
    expectExitIn(await pulumi(...up, "--expect-no-changes"), 0);
  });

  test("has not drifted right after it was made", async () => {
    expectExitIn(await pulumi(...drift), 0);
  });

  test("keeps its state under four megabytes, and no secret in it in clear", () => {
    const state = readFileSync(world.stateFile, "utf8");
    tell("state", `${(state.length / 1e6).toFixed(2)} MB, ${String(state.match(/"urn":/g)?.length ?? 0)} resources`);
    expect(state.length).toBeLessThan(4_000_000);
    expect(Object.values(stackSecrets).filter((secret) => state.includes(secret))).toEqual([]);
  });

  test("tells in a preview how many nodes a pool would have", async () => {
    world.configure({ cluster: withExtra(2) });
    const preview = await pulumi("preview", "--diff");
    world.configure({ cluster: withExtra(1) });
    expectExitIn(preview, 0);
    expect(preview.stdout).toMatch(/nodeCount\s*: 1 => 2/);
  });

  /** What somebody does by hand, how a refresh names it, and what is there again after the repair. */
  const drifts: readonly (readonly [
    string,
    (w: PlatformWorld) => Promise<unknown>,
    RegExp,
    (w: PlatformWorld) => Promise<unknown>,
    unknown,
  ])[] = [
    [
      "a pool that somebody resized",
      async (w) => w.callLinode("PUT", (await w.poolOf("g6-standard-2")).path, { count: 3 }),
      /nodeCount\s*: 1 => 3/,
      async (w) => (await w.poolOf("g6-standard-2")).count,
      1,
    ],
    [
      "a network policy that somebody deleted",
      (w) => w.plane.kubectl("delete", "networkpolicy", "default-deny", "-n", "monitoring"),
      /NetworkPolicy.*monitoring-default-deny/,
      (w) => w.plane.kubectl("get", "networkpolicy", "default-deny", "-n", "monitoring", "-o", "name"),
      "networkpolicy.networking.k8s.io/default-deny",
    ],
    [
      "a setting of ArgoCD's that somebody changed",
      (w) =>
        w.plane.kubectl(
          "patch",
          "configmap",
          "argocd-cm",
          "-n",
          "argocd",
          "--type=merge",
          "-p",
          '{"data":{"admin.enabled":"maybe"}}',
        ),
      /admin\.enabled/,
      (w) =>
        w.plane.kubectl(
          "get",
          "configmap",
          "argocd-cm",
          "-n",
          "argocd",
          "-o",
          String.raw`jsonpath={.data.admin\.enabled}`,
        ),
      "true",
    ],
    [
      "a project of ArgoCD's that somebody opened",
      (w) =>
        w.plane.kubectl(
          "patch",
          "appproject",
          "production",
          "-n",
          "argocd",
          "--type=merge",
          "-p",
          '{"spec":{"sourceRepos":["*"]}}',
        ),
      /sourceRepos/,
      (w) =>
        w.plane.kubectl("get", "appproject", "production", "-n", "argocd", "-o", "jsonpath={.spec.sourceRepos[0]}"),
      "https://github.com/example/infrastructure",
    ],
  ];

  test.each(drifts)("sees %s as drift, names it, and takes it back", async (_what, change, named, look, expected) => {
    await change(world);
    const seen = await pulumi(...drift);
    expectExitIn(seen, 7);
    expect(seen.stdout).toMatch(named);
    expectExitIn(await pulumi(...up), 0);
    expect(await look(world)).toEqual(expected);
    expectExitIn(await pulumi(...drift), 0);
  });

  test("says which webhook does not answer, and comes through as soon as it does", async () => {
    world.tunnel.shut();
    world.configure({ email: "others@example.com" });
    const refused = await pulumi(...up);
    world.tunnel.open();
    expectExitIn(refused, 1);
    expect(saidBy(refused)).toMatch(/failed calling webhook "webhook\.cert-manager\.io"/);
    expectExitIn(await pulumi(...up), 0);
    expect(
      await world.plane.kubectl("get", "clusterissuer", "letsencrypt-staging", "-o", "jsonpath={.spec.acme.email}"),
    ).toBe("others@example.com");
  });
});

describeWithPlatform("a platform that is begun", () => {
  let world: PlatformWorld;
  beforeEach(async () => {
    world = await PlatformWorld.start();
  });
  afterEach(() => world.stop());

  // What charts hold is not known before there is a cluster.
  test("is previewed before there is a cluster, and nothing is made", async () => {
    world.configure({ cluster: withExtra(1) });
    const preview = await timed("the first preview", () => world.pulumi("preview"));
    expectExitIn(preview, 0);
    expect(preview.stdout).toMatch(/Resources:\n\s+\+ \d{3} to create\n/);
    expect(await world.account()).toEqual([]);
  });

  test("waits where Linode says that there were too many calls", async () => {
    world.linode.fail({
      method: "POST",
      path: "/lke/clusters",
      status: 429,
      retryAfter: 1,
      reason: "Too many requests",
    });
    world.configure();
    expectExitIn(await world.pulumi(...up), 0);
  });

  test("comes through after its `up` was killed in the middle, and is taken away whole", async () => {
    world.configure();
    await world.killed(/:argocd\/\S+ created/, ...up);
    expectExitIn(await world.pulumi("cancel", "--yes"), 0);
    expectExitIn(await world.pulumi(...up), 0);
    expectExitIn(await world.pulumi(...up, "--expect-no-changes"), 0);
    expectExitIn(await timed("destroy", () => world.pulumi("destroy", "--yes", "--skip-preview")), 0);
    expect(await world.account()).toEqual([]);
    const namespaces = await world.plane.kubectl(
      "get",
      "namespaces",
      "-l",
      "app.kubernetes.io/managed-by=groundwork",
      "-o",
      "name",
    );
    expect(namespaces).toBe("");
  });

  /** What docs/runbooks/cluster-lost.md says, as far as it is Pulumi's. */
  test("is whole again in a new cluster after its own was lost", async () => {
    world.configure();
    expectExitIn(await world.pulumi(...up), 0);
    await world.loseCluster();
    expectExitIn(await world.pulumi("refresh", "--yes"), 1);
    expectExitIn(await world.pulumiWith({ PULUMI_K8S_DELETE_UNREACHABLE: "true" }, "refresh", "--yes"), 0);
    await world.renewCluster();
    expectExitIn(await world.pulumi(...up), 0);
    expectExitIn(await world.pulumi(...drift), 0);
    expect(await world.plane.kubectl("get", "appproject", "production", "-n", "argocd", "-o", "name")).toBe(
      "appproject.argoproj.io/production",
    );
    // Buckets with logs and snapshots are not made anew.
    expect(world.linode.calls.filter((call) => call === "POST /object-storage/buckets")).toHaveLength(3);
  });

  test.each([
    [
      "a region that there is not",
      { cluster: { region: "fr-pars" } },
      /fr-pars is no region with LKE; the nearest is fr-par/,
    ],
    [
      "a type that there is not",
      { cluster: { nodePools: { main: { type: "g6-standard-44", count: 3 } } } },
      /g6-standard-44 is no type of Linode's/,
    ],
    ["a version that is gone", { cluster: { kubernetesVersion: "1.20" } }, /1\.20 is not offered by LKE any more/],
  ])("is refused with the choices, and nothing is made, for %s", async (_what, settings, message) => {
    world.configure(settings);
    const refused = await world.pulumi(...up);
    expectExitIn(refused, 1);
    expect(saidBy(refused)).toMatch(message);
    expect(saidBy(refused)).not.toMatch(stackTrace);
    expect(await world.account()).toEqual([]);
  });

  test.each([
    [
      "the account may have no more nodes",
      "/lke/clusters",
      400,
      "Account Limit reached. Please open a support ticket.",
    ],
    [
      "the token may not make clusters",
      "/lke/clusters",
      401,
      "Your OAuth token is not authorized to use this endpoint.",
    ],
    ["a bucket's name is taken", "/object-storage/buckets", 400, "The label you specified is already in use"],
  ])("says in Linode's words that %s", async (_what, path, status, reason) => {
    world.linode.fail({ method: "POST", path, status, reason });
    world.configure();
    const refused = await world.pulumi(...up);
    expectExitIn(refused, 1);
    expect(saidBy(refused)).toContain(reason);
    expect(saidBy(refused)).not.toMatch(stackTrace);
  });

  test("says which chart cannot be had where their repository is out of reach", async () => {
    world.configure({ charts: { mirror: "https://localhost:1" } });
    const refused = await world.pulumi(...up);
    expectExitIn(refused, 1);
    expect(saidBy(refused)).toMatch(/metrics-server[^]*localhost:1[^]*connection refused/);
    expect(saidBy(refused)).not.toMatch(stackTrace);
  });
});
