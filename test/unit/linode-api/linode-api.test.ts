/** The stand-in of Linode's API that the platform's tests run against: it refuses what Linode refuses. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LinodeApi } from "../../support/linode-api/server";

const everything = "everything";
const cluster = {
  label: "groundwork-prod",
  region: "fr-par",
  k8s_version: "1.35",
  tags: ["groundwork"],
  node_pools: [{ type: "g6-standard-4", count: 3 }],
  control_plane: { high_availability: true },
};
const pool = { type: "g6-standard-2", count: 2 };
const firewall = { label: "nodes", rules: { inbound_policy: "DROP", outbound_policy: "ACCEPT" } };
const bucket = { label: "logs-groundwork", region: "fr-par" };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

describe("the stand-in of Linode's API", () => {
  let api: LinodeApi;
  beforeEach(async () => {
    const tokens = { [everything]: ["*"], reader: ["lke:read_only"], writer: ["lke:read_write"] };
    api = await LinodeApi.start({ tokens, kubeconfig: "apiVersion: v1", nodeQuota: 6 });
  });
  afterEach(() => api.stop());

  async function call(method: string, path: string, body?: unknown, token = everything): Promise<Answer> {
    const headers = { Authorization: `Bearer ${token}` };
    const options = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const answer = await fetch(`${api.url}/v4${path}`, options);
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer["body"] };
  }
  const post = (path: string, body: unknown, token?: string) => call("POST", path, body, token);
  const get = (path: string, token?: string) => call("GET", path, undefined, token);
  const reasonOf = ({ status, body }: Answer) => [status, (body["errors"] as { reason: string }[])[0]?.reason];

  test("makes a cluster with its pools, and takes both away", async () => {
    const { body } = await post("/lke/clusters", cluster);
    const path = `/lke/clusters/${String(body["id"])}`;
    await post(`${path}/pools`, pool);
    expect((await get(`${path}/pools`)).body["results"]).toBe(2);
    await call("DELETE", path);
    expect((await get(path)).status).toBe(404);
  });

  test("gives the kubeconfig in base64", async () => {
    const { body } = await post("/lke/clusters", cluster);
    const answer = await get(`/lke/clusters/${String(body["id"])}/kubeconfig`);
    expect(Buffer.from(String(answer.body["kubeconfig"]), "base64").toString()).toBe("apiVersion: v1");
  });

  test("knows nobody without a token", async () => {
    expect(reasonOf(await get("/lke/clusters", "stranger"))).toEqual([401, "Invalid Token"]);
  });

  test("lets a token without the scope do nothing", async () => {
    const reason = "Your OAuth token is not authorized to use this endpoint.";
    expect(reasonOf(await post("/lke/clusters", cluster, "reader"))).toEqual([401, reason]);
    expect((await get("/lke/clusters", "writer")).status).toBe(200);
  });

  test.each([
    ["a region without Kubernetes", { region: "br-gru-lab" }, "region is not valid"],
    ["a version that is gone", { k8s_version: "1.20" }, "k8s_version is not valid"],
    ["a type that there is not", { node_pools: [{ type: "g6-none", count: 1 }] }, "type is not valid"],
    ["no pool", { node_pools: [] }, "Please add at least one node pool."],
    [
      "more nodes than the account may have",
      { node_pools: [{ type: "g6-standard-2", count: 7 }] },
      "Account Limit reached. Please open a support ticket.",
    ],
  ])("refuses a cluster with %s", async (_what, over, reason) => {
    expect(reasonOf(await post("/lke/clusters", { ...cluster, ...over }))).toEqual([400, reason]);
  });

  test("refuses a bucket whose name somebody has, and a key to a bucket that is not there", async () => {
    expect(reasonOf(await post("/object-storage/buckets", { ...bucket, label: "infra-state" }))).toEqual([
      400,
      "The requested bucket name is not available.",
    ]);
    const access = [{ region: "fr-par", bucket_name: "nowhere", permissions: "read_write" }];
    expect((await post("/object-storage/keys", { label: "key", bucket_access: access })).status).toBe(400);
  });

  test("tells a secret key once", async () => {
    await post("/object-storage/buckets", bucket);
    const access = [{ region: "fr-par", bucket_name: bucket.label, permissions: "read_write" }];
    const { body } = await post("/object-storage/keys", { label: "key", bucket_access: access });
    expect(body["limited"]).toBe(true);
    const again = await get(`/object-storage/keys/${String(body["id"])}`);
    expect([String(body["secret_key"]).length, again.body["secret_key"]]).toEqual([40, "[REDACTED]"]);
  });

  test("keeps volumes and NodeBalancers when their cluster is gone, until they are deleted themselves", async () => {
    const { body } = await post("/lke/clusters", cluster);
    const id = api.paid.addVolume({ label: "pvc-1", size: 10, machine: `lke${String(body["id"])}-1-1` });
    await call("DELETE", `/lke/clusters/${String(body["id"])}`);
    expect((await get("/volumes")).body["results"]).toBe(1);
    await call("DELETE", `/volumes/${String(id)}`);
    expect((await get("/volumes")).body["results"]).toBe(0);
  });

  test("fails when it is told to, as often as it is told to", async () => {
    api.fail({ method: "GET", path: "/regions", status: 429, retryAfter: 3, times: 2, reason: "Too many requests" });
    const answers = [await get("/regions"), await get("/regions"), await get("/regions")];
    expect(answers.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(answers[0]?.headers.get("retry-after")).toBe("3");
  });

  test("pages long lists", async () => {
    const { body } = await get("/linode/types?page=2&page_size=4");
    expect(body).toMatchObject({ page: 2, pages: 2, results: 7 });
  });

  const recorded = join(__dirname, "..", "..", "..", "..", "shared", "reference", "linode-api");
  if (!existsSync(recorded)) process.stderr.write("skipped: the recorded answers of Linode's API are not here\n");
  /** The fields of a recorded answer, less those that no client of ours reads. */
  const fieldsOf = (file: string) => Object.keys(JSON.parse(readFileSync(join(recorded, file), "utf8")) as object);
  (existsSync(recorded) ? test : test.skip)("answers with every field that was recorded", async () => {
    const made = await post("/lke/clusters", cluster);
    const path = `/lke/clusters/${String(made.body["id"])}`;
    const balancer = api.paid.addBalancer({ label: "b", ipv4: "192.0.2.1", clusterId: Number(made.body["id"]) });
    api.domains.add("example.org");
    const answers: Record<string, Answer> = {
      "lke_cluster_create.json": made,
      "lke_cluster_get.json": await get(path),
      "lke_cluster_list.json": await get("/lke/clusters"),
      "lke_cluster_kubeconfig.json": await get(`${path}/kubeconfig`),
      "lke_cluster_control_plane_acl_get.json": await get(`${path}/control_plane_acl`),
      "lke_node_pool_create.json": await post(`${path}/pools`, pool),
      "lke_node_pool_list.json": await get(`${path}/pools`),
      "firewall_create.json": await post("/networking/firewalls", firewall),
      "object_storage_bucket_create.json": await post("/object-storage/buckets", bucket),
      "object_storage_key_create.json": await post("/object-storage/keys", { label: "key" }),
      "object_storage_endpoints_list.json": await get("/object-storage/endpoints"),
      "nodebalancer_get_with_lke_cluster.json": await get(`/nodebalancers/${String(balancer)}`),
      "nodebalancers_list.json": await get("/nodebalancers"),
      "nodebalancers_types_list.json": await get("/nodebalancers/types"),
      "domain_list.json": await get("/domains"),
      "linode_types_list.json": await get("/linode/types"),
      "regions_list.json": await get("/regions"),
    };
    const missing = Object.entries(answers).map(([file, { body }]) => [
      file,
      fieldsOf(file).filter((field) => !Object.hasOwn(body, field)),
    ]);
    expect(missing).toEqual(Object.keys(answers).map((file) => [file, []]));
  });
});
