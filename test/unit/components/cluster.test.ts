import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformSettings } from "../../../settings/platform/platform";
import { parseStack } from "../../../settings/stack";
import { platformStack } from "../../../stacks/platform";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { registrationsOf, secretOf, type Registration } from "./registrations";

const kubeconfig = "apiVersion: v1\nkind: Config\n";
const engine = {
  "linode:index/lkeCluster:LkeCluster": {
    kubeconfig: Buffer.from(kubeconfig).toString("base64"),
    pools: [{ nodes: [{ instanceId: 12 }, { instanceId: 7 }] }],
  },
  "linode:index/lkeNodePool:LkeNodePool": { nodes: [{ instanceId: 9 }] },
  "linode:index/objectStorageBucket:ObjectStorageBucket": { s3Endpoint: "fr-par-1.linodeobjects.com" },
};
const offers = {
  "linode:index/getRegions:getRegions": { regions: [{ id: "fr-par", capabilities: ["Kubernetes"] }] },
  "linode:index/getInstanceTypes:getInstanceTypes": {
    types: ["g6-standard-4", "g2-gpu-rtx4000a1-s"].map((id) => ({ id, prices: [{ monthly: 48 }], regionPrices: [] })),
  },
  "linode:index/getLkeVersions:getLkeVersions": { versions: [{ id: "1.34" }, { id: "1.35" }] },
};

function settingsOf(cluster: object): PlatformSettings {
  const config = {
    kind: "platform",
    platform: {
      domain: "example.com",
      email: "platform@example.com",
      cluster,
      gitops: { repository: "https://github.com/example/infrastructure" },
    },
    secrets: { seed: "0123456789abcdef0123456789abcdef" },
  };
  const hostDefaults = { image: "", box: "" };
  const settings = parseStack(config, { stack: "prod", directory: "/", home: "/", hostDefaults });
  if (settings.kind !== "platform") throw new Error("not a platform");
  return settings.platform;
}

const secrets = { seed: "0123456789abcdef0123456789abcdef" };
/** What is registered of the cluster itself; what stands on it is tested beside its components. */
const declare = async (cluster: object = {}) => {
  const settings = settingsOf(cluster);
  const { all } = await registrationsOf(engine, () => platformStack({ stack: "prod", settings, secrets }), offers);
  return {
    all: all.filter(({ type }) =>
      /^(linode:index.(lke|firewall)|pulumi:providers:|groundwork:cluster:\w+Cluster$|groundwork:index:)/.test(type),
    ),
  };
};

async function registered(type: string, cluster: object = {}): Promise<Registration> {
  const { all } = await declare(cluster);
  return all.find((one) => one.type === type)!;
}
const lke = (cluster?: object) => registered("linode:index/lkeCluster:LkeCluster", cluster);

const gpu = { type: "g2-gpu-rtx4000a1-s", autoscaler: { min: 1, max: 3 } };

describe("a cluster on LKE", () => {
  test("is made with the main pool; every other pool, the firewall and the provider are beside it", async () => {
    const { all } = await declare({ nodePools: { main: {}, gpu } });
    const ofCluster = all.filter(({ name, parent }) => [name, parent].includes("cluster"));
    expect(ofCluster.map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual([
      ["groundwork:cluster:LkeCluster", "cluster", ""],
      ["linode:index/firewall:Firewall", "cluster-nodes", "cluster"],
      ["linode:index/lkeCluster:LkeCluster", "cluster", "cluster"],
      ["linode:index/lkeNodePool:LkeNodePool", "cluster-gpu", "cluster"],
      ["pulumi:providers:kubernetes", "kubernetes", "cluster"],
    ]);
  });

  test("asks for what the settings say", async () => {
    const { inputs } = await lke({ kubernetesVersion: "1.34", accessFrom: ["203.0.113.0/24", "2001:db8::/32"] });
    expect(inputs).toEqual({
      label: "groundwork-prod",
      region: "fr-par",
      k8sVersion: "1.34",
      tags: ["groundwork", "groundwork-prod"],
      pools: [{ type: "g6-standard-4", count: 3, labels: {}, taints: [], tags: ["groundwork-prod"] }],
      externalPoolTags: ["groundwork-pool"],
      controlPlane: {
        highAvailability: true,
        acl: { enabled: true, addresses: [{ ipv4s: ["203.0.113.0/24"], ipv6s: ["2001:db8::/32"] }] },
      },
    });
  });

  test("and its pools cannot be deleted by mistake, unless the settings say so", async () => {
    const protectedOnes = async (cluster: object) =>
      (await declare({ ...cluster, nodePools: { main: {}, gpu } })).all
        .filter(({ protect }) => protect)
        .map(({ type }) => type)
        .sort();
    expect(await protectedOnes({})).toEqual([
      "linode:index/lkeCluster:LkeCluster",
      "linode:index/lkeNodePool:LkeNodePool",
    ]);
    expect(await protectedOnes({ protect: false })).toEqual([]);
  });

  test("leaves its version to LKE's own upgrades where none is asked for", async () => {
    expect((await lke()).ignoreChanges).toEqual(["k8sVersion"]);
    expect((await lke({ kubernetesVersion: "1.35" })).ignoreChanges).toEqual([]);
  });

  test("leaves the number of nodes to an autoscaler", async () => {
    const main = { autoscaler: { min: 2, max: 4 } };
    const { inputs, ignoreChanges } = await lke({ kubernetesVersion: "1.35", nodePools: { main } });
    expect([inputs["pools"], ignoreChanges]).toEqual([
      [expect.objectContaining({ count: 2, autoscaler: { min: 2, max: 4 } })],
      ["pools[0].count"],
    ]);
    const pool = await registered("linode:index/lkeNodePool:LkeNodePool", { nodePools: { main: {}, gpu } });
    expect([pool.inputs["nodeCount"], pool.inputs["autoscaler"], pool.ignoreChanges]).toEqual([
      undefined,
      { min: 1, max: 3 },
      ["nodeCount"],
    ]);
  });

  test("marks the pools beside it, so that the cluster leaves them alone", async () => {
    const pool = await registered("linode:index/lkeNodePool:LkeNodePool", { nodePools: { main: {}, gpu } });
    expect(pool.inputs["tags"]).toEqual(["groundwork", "groundwork-prod", "groundwork-pool"]);
  });

  test("drops all that reaches its nodes but what LKE itself needs, on every pool", async () => {
    const { inputs } = await registered("linode:index/firewall:Firewall", { nodePools: { main: {}, gpu } });
    expect([inputs["inboundPolicy"], inputs["linodes"]]).toEqual(["DROP", [7, 9, 12]]);
    const rules = inputs["inbounds"] as { label: string; action: string; ipv4s: string[] }[];
    expect(
      rules.every(({ action, ipv4s }) => action === "ACCEPT" && ipv4s.every((one) => one.startsWith("192.168."))),
    ).toBe(true);
  });

  test("is told to nobody: its kubeconfig is a secret wherever it goes", async () => {
    expect((await lke()).secretOutputs).toEqual(["kubeconfig"]);
    const { inputs } = await registered("pulumi:providers:kubernetes");
    expect(secretOf(inputs["kubeconfig"])).toBe(kubeconfig);
  });

  test("keeps its provider when the kubeconfig changes, and lets it take back what was changed by hand", async () => {
    const { inputs } = await registered("pulumi:providers:kubernetes");
    expect([inputs["clusterIdentifier"], inputs["enablePatchForce"]]).toEqual(["groundwork-prod", "true"]);
  });

  test("takes over what an interrupted `up` has left there", async () => {
    const { inputs } = await registered("pulumi:providers:kubernetes");
    expect(inputs["upsertExistingObjects"]).toBe("true");
  });

  test("is asked as fast as the engine asks, not as slowly as its plugin would", async () => {
    const { inputs } = await registered("pulumi:providers:kubernetes");
    expect(JSON.parse(String(inputs["kubeClientSettings"]))).toEqual({ qps: 400, burst: 800 });
  });

  test("is not begun where Linode does not offer what is asked for", async () => {
    await expect(declare({ region: "us-nowhere" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("the custom resource definitions", () => {
  test("are made in the cluster by its kubeconfig, which stays a secret", async () => {
    const { inputs } = await registered("groundwork:index:CustomResourceDefinitions");
    expect(secretOf(inputs["kubeconfig"])).toBe(kubeconfig);
    const sets = inputs["sets"] as { name: string }[];
    expect(sets.map(({ name }) => name)).toContain("cert-manager");
  });
});

describe("a cluster that is there", () => {
  const folder = useTemporaryFolder();

  test("is used by its kubeconfig and context, and nothing is made at Linode", async () => {
    const file = join(folder(), "kubeconfig");
    writeFileSync(file, kubeconfig);
    const { all } = await declare({ existing: { kubeconfig: file, context: "kind" } });
    expect(all.filter(({ type }) => type.startsWith("linode:"))).toEqual([]);
    const provider = all.find(({ type }) => type === "pulumi:providers:kubernetes");
    expect(provider?.inputs).toMatchObject({ context: "kind", clusterIdentifier: `${file}#kind` });
  });

  test("keeps what has a name of ours and is not: it is refused, not taken over", async () => {
    const file = join(folder(), "kubeconfig");
    writeFileSync(file, kubeconfig);
    const { all } = await declare({ existing: { kubeconfig: file } });
    const provider = all.find(({ type }) => type === "pulumi:providers:kubernetes");
    expect(provider?.inputs).toMatchObject({ upsertExistingObjects: "false" });
  });

  test("is refused, with the key and what is allowed, when its kubeconfig cannot be read", async () => {
    const file = join(folder(), "nowhere");
    await expect(declare({ existing: { kubeconfig: file } })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      violations: [
        {
          key: "platform.cluster.existing.kubeconfig",
          message: `${file} cannot be read (ENOENT); allowed: the path of a file`,
        },
      ],
    });
  });
});
