/** What may be said of the bucket for state. */

import { stateBucketName } from "../../../settings/bootstrap";
import { describeViolation } from "../../../settings/errors";
import { parseStack, type StackSettings } from "../../../settings/stack";
import { refusalOf } from "../../support/refusal";

const context = { stack: "bootstrap", directory: "/", home: "/", hostDefaults: { image: "", box: "" } };
const parse = (bootstrap?: unknown): StackSettings =>
  parseStack({ kind: "bootstrap", ...(bootstrap === undefined ? {} : { bootstrap }) }, context);
const mistakes = (bootstrap: unknown): string[] => refusalOf(() => parse(bootstrap)).violations.map(describeViolation);

test("a bootstrap that says nothing is in fr-par", () => {
  expect(parse()).toEqual({ kind: "bootstrap", bootstrap: { region: "fr-par" } });
});

test("the bucket's name is made of the project and the region", () => {
  expect(stateBucketName("groundwork", { region: "fr-par" })).toBe("groundwork-state-fr-par");
});

test("a name that the settings give takes its place", () => {
  expect(stateBucketName("groundwork", { region: "fr-par", bucket: "infra-state" })).toBe("infra-state");
});

test("all that is wrong is said at once, with what is allowed", () => {
  expect(mistakes({ region: "Paris", bucket: "Infra_State", versioning: true })).toEqual([
    'bootstrap.region: "Paris" is no region of Linode\'s; allowed: one such as fr-par.',
    'bootstrap.bucket: "Infra_State" is no name of a bucket; allowed: 3 to 63 lower-case letters, digits and hyphens, with no hyphen at either end.',
    "bootstrap.versioning: is not a known key; the nearest is region; allowed: region, bucket.",
  ]);
});
