/** What a destroy leaves at Linode, and why: https://techdocs.akamai.com/linode-api/reference/delete-lke-cluster */

import type { ClusterObjects } from "../../../tools/platform/destroy/cluster-objects";
import { belongings } from "../../../tools/platform/destroy/leftovers";
import type { LinodeObjects } from "../../../tools/platform/destroy/linode-objects";
import { leftoverText, removalText } from "../../../tools/platform/destroy/texts";

const price = (id: string, monthly: number, dearer: number) => ({
  id,
  price: { monthly },
  region_prices: [{ id: "br-gru", monthly: dearer }],
});
const prices = { volume: price("volume", 0.1, 0.14), balancer: price("nodebalancer", 10, 14) };

const volume = (id: number, more: object = {}) => ({
  id,
  label: `pvc-${String(id)}`,
  region: "fr-par",
  size: 20,
  ...more,
});
const balancer = (id: number, more: object = {}) => ({
  id,
  label: `ccm-${String(id)}`,
  region: "fr-par",
  ipv4: `192.0.2.${String(id)}`,
  hostname: null,
  tags: [],
  lke_cluster: { id: 12 },
  ...more,
});
const service = (name: string, id: number, isPreserved = false) => ({
  service: name,
  addresses: [`192.0.2.${String(id)}`],
  isPreserved,
});
const claimed = (id: number, claim: string | undefined, isRetained: boolean) => ({ id, claim, isRetained });

const account: LinodeObjects = { clusters: [{ id: 12, label: "groundwork-prod" }], volumes: [], balancers: [] };
const nothing: ClusterObjects = { volumes: [], balancers: [], namespaces: ["monitoring", "ingress"] };

/** Why each of them stays; undefined where it does not. */
function whyOf(linode: Partial<LinodeObjects>, cluster: Partial<ClusterObjects> | undefined) {
  const known = { label: "groundwork-prod", linode: { ...account, ...linode }, prices };
  const all = belongings({ ...known, cluster: cluster && { ...nothing, ...cluster } });
  return Object.fromEntries(all.map(({ id, stays }) => [id, stays]));
}

describe("a volume", () => {
  test.each([
    [
      "stays by its policy, in a namespace of the stack too",
      "monitoring/loki-0",
      true,
      "its reclaim policy is Retain; it was claimed by monitoring/loki-0",
    ],
    [
      "stays for want of somebody who removes its claim",
      "default/data",
      false,
      "its claim default/data is not of the stack",
    ],
    ["stays when nobody claims it", undefined, false, "nobody claims it"],
    ["goes with a namespace of the stack", "monitoring/loki-0", false, undefined],
  ])("%s", (_what, claim, isRetained, why) => {
    expect(whyOf({ volumes: [volume(1)] }, { volumes: [claimed(1, claim, isRetained)] })).toEqual({ 1: why });
  });

  test("that a node has and the cluster does not know stays", () => {
    expect(whyOf({ volumes: [volume(1, { linode_label: "lke12-345-6789" })] }, {})).toEqual({
      1: "the cluster does not know it",
    });
  });

  test("of another cluster, whose id begins alike, is nobody's affair here", () => {
    expect(whyOf({ volumes: [volume(1, { linode_label: "lke123-4-5" }), volume(2)] }, {})).toEqual({});
  });
});

describe("a NodeBalancer", () => {
  test.each([
    [
      "stays where its Service says so",
      service("ingress/nginx", 1, true),
      "its Service ingress/nginx says to preserve it",
    ],
    [
      "stays with a Service that the stack does not remove",
      service("default/own", 1),
      "its Service default/own is not of the stack",
    ],
    ["stays without a Service", service("ingress/nginx", 2), "no Service of the cluster has it"],
    ["goes with a Service of the stack", service("ingress/nginx", 1), undefined],
  ])("%s", (_what, one, why) => {
    expect(whyOf({ balancers: [balancer(1)] }, { balancers: [one] })).toEqual({ 1: why });
  });

  test("is known by its tag, where the cluster that it was for is gone", () => {
    const tagged = balancer(1, { lke_cluster: null, tags: ["groundwork", "groundwork-prod"] });
    expect(whyOf({ clusters: [], balancers: [tagged, balancer(2, { lke_cluster: null })] }, undefined)).toEqual({
      1: "the cluster does not answer, so that nothing is known to remove it",
    });
  });

  test("of another cluster is nobody's affair here", () => {
    expect(whyOf({ balancers: [balancer(1, { lke_cluster: { id: 123 } })] }, {})).toEqual({});
  });
});

test("what stays costs what its region costs, a volume by its size", () => {
  const linode = {
    ...account,
    volumes: [volume(1), volume(2, { region: "br-gru", size: 50 })],
    balancers: [balancer(3), balancer(4, { region: "br-gru" })],
  };
  const cluster = { ...nothing, volumes: [claimed(1, undefined, true), claimed(2, undefined, true)] };
  const all = belongings({ label: "groundwork-prod", linode, prices, cluster });
  expect(all.map(({ monthly }) => monthly.toFixed(2))).toEqual(["2.00", "7.00", "10.00", "14.00"]);
});

describe("the text", () => {
  const volumeLeft = { kind: "volume" as const, id: 71, label: "pvc-1", stays: "nobody claims it", monthly: 2 };
  const balancerLeft = { kind: "NodeBalancer" as const, id: 72, label: "ccm-1", stays: "x", monthly: 10.5 };

  test("before a destroy names each, what it costs and why it stays, and the sum", () => {
    const text = leftoverText("prod", [volumeLeft, balancerLeft], true);
    expect(text).toMatch(/volume .* 71 .* pvc-1 .* 2\.00 .* nobody claims it/);
    expect(text.split("\n").at(-1)).toBe("Together 12.50 US dollars a month.");
  });

  test("before a destroy that leaves nothing says so", () => {
    expect(leftoverText("prod", [], true)).toBe("Nothing of stack prod stays at Linode when it is destroyed.");
  });

  test("after a destroy has the commands that remove what is left", () => {
    expect(removalText([volumeLeft, balancerLeft])).toContain(
      "\n  linode-cli volumes delete 71\n  linode-cli nodebalancers delete 72\n",
    );
  });
});
