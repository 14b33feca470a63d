/** The smoke tests of a stack, as its file names them. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configuredSmokeTests } from "../../../delivery/smoke/configured";
import { describeViolation } from "../../../settings/errors";
import { refusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();

function testsOf(platform: unknown) {
  const config = { "groundwork:kind": "platform", "groundwork:platform": platform };
  // JSON is YAML.
  writeFileSync(join(folder(), "Pulumi.prod.yaml"), JSON.stringify({ config }));
  return configuredSmokeTests({ directory: folder(), stack: "prod" });
}

const platform = { domain: "example.com", email: "platform@example.com", cluster: { region: "fr-par" } };

test("are read with the environments' hosts, whatever else is written", () => {
  const environments = { live: { host: "example.com", sync: "manual" } };
  const smokeTests = [{ environment: "live", application: "shop" }];
  expect(testsOf({ ...platform, environments, smokeTests })).toEqual([
    { environment: "live", application: "shop", page: "https://shop.example.com/" },
  ]);
});

test("are none where none is written", () => {
  expect(testsOf(platform)).toEqual([]);
});

test.each([
  [
    "an environment that is not there",
    { ...platform, smokeTests: [{ environment: "live", application: "shop" }] },
    'platform.smokeTests.0.environment: "live" is no environment of this platform; allowed: staging, production.',
  ],
  [
    "an application without an environment",
    { ...platform, smokeTests: [{ application: "shop" }] },
    "platform.smokeTests.0.environment: is missing; allowed: a text.",
  ],
  ["no platform", undefined, "platform: is missing; allowed: a map with domain, email and gitops."],
])("are refused for %s", (_, written, violation) => {
  const { code, violations } = refusalOf(() => testsOf(written));
  expect([code, violations.map(describeViolation)]).toEqual(["CONFIG_INVALID", [violation]]);
});
