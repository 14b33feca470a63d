/** From the events of a preview to what a reviewer reads and how the job ends. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgePreview, judgeRollback, refuseViolations, stepCollector } from "../../../../delivery/policies/report";
import type { PlannedStep } from "../../../../delivery/policies/policy";
import type { GroundworkError } from "../../../../settings/errors";
import { useTemporaryFolder } from "../../../support/temporary-folder";
import { recordedEvents } from "../../engine/recordings";
import { bucket, cluster, named, step } from "./steps";

const never = new AbortController().signal;
const folder = useTemporaryFolder();

function workspace(config: string) {
  writeFileSync(join(folder(), "Pulumi.prod.yaml"), config);
  return { directory: folder(), stack: "prod", variables: {} };
}

function judged(steps: readonly PlannedStep[], config = "config: {}\n") {
  return judgePreview(workspace(config), steps, [], never);
}

function recordedSteps(name: string): readonly PlannedStep[] {
  const collector = stepCollector();
  for (const event of recordedEvents(name)) collector.read(event);
  return collector.steps();
}

test("what is looked at before the plan is no step of it", () => {
  const ops = new Set(recordedSteps("preview-change").map(({ op }) => op));
  expect([...ops].sort()).toEqual(["update"]);
});

test("a recorded preview of an instance with a secret is against no policy", async () => {
  expect(await judged(recordedSteps("preview-rename"))).toEqual({ violations: [], markdown: "" });
});

test("the file of the stack is judged with the steps", async () => {
  const { violations } = await judged([], "config:\n  linode:token: abc\n  groundwork:kind: platform\n");
  expect(violations).toMatchObject([{ resource: "Pulumi.prod.yaml", property: "linode:token" }]);
});

test("a reviewer reads each violation in a line of a table, and a bar in it ends no cell", async () => {
  const { markdown } = await judged([step("create", bucket, { new: { acl: "a|b" } })]);
  expect(markdown).toContain("### Against the policies: 1");
  expect(markdown).toContain(
    '| public-bucket | `ObjectStorageBucket it`<br>`acl` | is "a\\|b" | "private", the default |',
  );
});

test("a name that holds a backtick, a bar or what cannot be seen is shown letter by letter in its cell", async () => {
  const { markdown } = await judged([named("a`b|c\u202ed", step("create", bucket, { new: { acl: "public-read" } }))]);
  expect(markdown).toContain("| ``ObjectStorageBucket a`b\\|c\\u202ed``<br>`acl` |");
});

test("where Linode cannot be asked, the cost is told as not known and nothing is held up", async () => {
  const before = process.env["LINODE_URL"];
  process.env["LINODE_URL"] = "http://127.0.0.1:9";
  try {
    const { violations, markdown } = await judged([step("same", cluster, { old: { region: "fr-par" } })]);
    expect(violations).toEqual([]);
    expect(markdown).toContain("Not known: http://127.0.0.1:9/v4/linode/types cannot be asked");
  } finally {
    if (before === undefined) delete process.env["LINODE_URL"];
    else process.env["LINODE_URL"] = before;
  }
});

test("the job ends with 1 and names every violation with what lets it pass", async () => {
  const report = await judged([step("delete", bucket, { old: {} })], "config:\n  linode:token: abc\n");
  let thrown: unknown;
  try {
    refuseViolations("prod", report);
  } catch (error) {
    thrown = error;
  }
  const { exitStatus, violations } = thrown as GroundworkError;
  expect(exitStatus).toBe(1);
  expect(violations.map(({ message }) => message)).toEqual([
    expect.stringContaining("pulumi config set --secret"),
    expect.stringContaining("allow-replacement"),
  ]);
});

test("a preview that is against no policy ends as it would", () => {
  expect(() => refuseViolations("prod", { violations: [], markdown: "" })).not.toThrow();
});

test("a way back is told all that is against the policies, and refused what no named policy lets pass", async () => {
  const steps = [step("delete", bucket, { old: {} })];
  const there = workspace("config:\n  linode:token: abc\n");
  const { violations, markdown } = await judgeRollback(there, steps, ["plain-secret"], never);
  expect(violations).toMatchObject([{ policy: "replacement", remedy: "If that is meant, add `--allow replacement`." }]);
  expect(markdown).toContain("### Against the policies: 2");
  expect(markdown).toMatch(/\| plain-secret \|.*\| It passes, as was said\. \|/);
});
