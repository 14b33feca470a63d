/** What the pools of a platform cost a month, from the steps of a preview and from Linode's own answer. */

import { once } from "node:events";
import { policiesMarkdown } from "../../../../delivery/policies/markdown";
import { clusterRegion, poolCosts } from "../../../../delivery/policies/pool-costs";
import type { PlannedStep } from "../../../../delivery/policies/policy";
import { linodePrices } from "../../../../delivery/policies/prices";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LinodeApi } from "../../../support/linode-api/server";
import { cluster, named, pool, step } from "./steps";

const standard = (count: number) => ({ region: "fr-par", pools: [{ type: "g6-standard-4", count }] });
const gpu = { type: "g2-gpu-rtx4000a1-s", autoscaler: { min: 1, max: 3 } };

/** Three nodes become five, and a pool of GPUs comes to them. */
const steps: readonly PlannedStep[] = [
  step("update", cluster, { old: standard(3), new: standard(5) }),
  named("gpu", step("create", pool, { new: gpu })),
];

const prices = {
  types: [
    { id: "g6-standard-4", monthly: 48 },
    { id: "g2-gpu-rtx4000a1-s", monthly: 350 },
  ],
};

test("each pool is told before and after, an autoscaler by its least and most", () => {
  expect(poolCosts(steps, prices)).toEqual([
    {
      pool: "it.pools[0]",
      before: { type: "g6-standard-4", count: 3, least: 144, most: 144 },
      after: { type: "g6-standard-4", count: 5, least: 240, most: 240 },
    },
    { pool: "gpu", before: undefined, after: { type: gpu.type, count: gpu.autoscaler, least: 350, most: 1050 } },
  ]);
});

test("a pool that goes costs nothing after, one that is replaced what the new one costs", () => {
  const old = { type: "g6-standard-4", nodeCount: 2 };
  const replaced = { type: "g6-standard-4", nodeCount: 4 };
  const gone = [named("a", step("delete", pool, { old }))];
  const other = (["create-replacement", "replace", "delete-replaced"] as const).map((op) =>
    named("b", step(op, pool, { old, new: replaced })),
  );
  const costs = poolCosts([...gone, ...other], prices);
  expect(costs.map(({ pool: name, before, after }) => [name, before?.most, after?.most])).toEqual([
    ["a", 96, undefined],
    ["b", 96, 192],
  ]);
});

test("a type without a price is an error, not a sum without it", () => {
  const strange = [step("create", pool, { new: { type: "g9-none", nodeCount: 1 } })];
  expect(() => poolCosts(strange, prices)).toThrow("g9-none");
});

test("the region is the cluster's; a stack without a cluster of Linode's has none", () => {
  expect(clusterRegion(steps)).toBe("fr-par");
  expect(clusterRegion([step("create", "command:local:Command", { new: { region: "x" } })])).toBeUndefined();
});

test("a reviewer reads every pool, and the sums", () => {
  expect(policiesMarkdown([], poolCosts(steps, prices))).toBe(
    [
      "### What the pools cost a month",
      "",
      "| Pool | Before | After |",
      "| --- | ---: | ---: |",
      "| `it.pools[0]` | 3 × g6-standard-4: 144 USD | 5 × g6-standard-4: 240 USD |",
      "| `gpu` |  | 1 to 3 × g2-gpu-rtx4000a1-s: 350 to 1050 USD |",
      "| **all** | 144 USD | **590 to 1290 USD** |",
      "",
    ].join("\n"),
  );
});

test("a reviewer reads why a price is not known", () => {
  expect(policiesMarkdown([], "nobody answers")).toContain("Not known: nobody answers");
});

test("where there is nothing to tell, nothing is told", () => {
  expect(policiesMarkdown([], [])).toBe("");
});

describe("Linode's answer", () => {
  const never = AbortSignal.timeout(60_000);

  test("is asked without a token, and read", async () => {
    const api = await LinodeApi.start({ tokens: {}, kubeconfig: "" });
    try {
      const { types } = await linodePrices("fr-par", never, api.url);
      expect(types).toContainEqual({ id: "g6-standard-4", monthly: 48 });
      expect(api.calls).toEqual(["GET /linode/types"]);
    } finally {
      await api.stop();
    }
  });

  test("may have a price of the region's own", async () => {
    const answer = {
      data: [{ id: "a", price: { monthly: 5 }, region_prices: [{ id: "br-gru", monthly: 7 }] }],
    };
    const server = createServer((_, response) => response.end(JSON.stringify(answer))).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect(await linodePrices("br-gru", never, url)).toEqual({ types: [{ id: "a", monthly: 7 }] });
      expect(await linodePrices("fr-par", never, url)).toEqual({ types: [{ id: "a", monthly: 5 }] });
    } finally {
      server.close();
    }
  });
});
