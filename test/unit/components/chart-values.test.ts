/** The tests of charts' values must themselves be able to fail. */

import { rendered, schemaErrors, testChartValues, testWithHelm, unknownKeys } from "./chart-values";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const isThere = existsSync(resolve(__dirname, "../../../../shared/reference/charts/loki/values.schema.json"));
const testWithReference = isThere ? test : test.skip;

const monolithic = {
  deploymentMode: "Monolithic",
  loki: { useTestSchema: true, storage: { bucketNames: { chunks: "loki", ruler: "loki" } } },
  singleBinary: { replicas: 1 },
  ...Object.fromEntries(["read", "write", "backend"].map((part) => [part, { replicas: 0 }])),
};

// Its templates read it; values.yaml has it in a comment.
testChartValues("loki", () => monolithic, { unlisted: ["loki.storage.bucketNames"] });

testWithReference("a key that the chart does not have is named, with its path", () => {
  expect(unknownKeys("loki", { loki: { limits_config: {}, retenshun: "1h" }, gateaway: 3 })).toEqual([
    "loki.retenshun",
    "gateaway",
  ]);
});

testWithReference("a key that the chart reads without naming it can be listed", () => {
  expect(unknownKeys("loki", { gateaway: 3 }, ["gateaway"])).toEqual([]);
});

testWithReference("the values of a sub-chart are known by that chart", () => {
  expect(unknownKeys("prometheus", { grafana: { adminUser: "a", admin: { existingSecrit: "b" } } })).toEqual([
    "grafana.admin.existingSecrit",
  ]);
});

testWithReference("a value of the wrong type is found by the schema", () => {
  expect(schemaErrors("loki", { gateway: { enabled: 3 } })).toEqual(["/gateway/enabled: must be boolean"]);
});

testWithHelm("loki")("what the chart itself refuses is told in its words", () => {
  expect(() => rendered("loki", { ...monolithic, read: { replicas: 3 } })).toThrow("zero replicas");
});
