import type { ResourceChange } from "../../../../delivery/changes/changes";
import type { PlanManifest } from "../../../../delivery/plan/manifest";
import { failureText, summaryText } from "../../../../delivery/plan/summary";

const manifest: PlanManifest = {
  stack: "dev",
  commit: "0123456789abcdef0123456789abcdef01234567",
  stateHash: "a".repeat(64),
  planHash: "b".repeat(64),
  withRefresh: true,
  createdAt: "2026-11-30T21:00:00.000Z",
  programHash: "c".repeat(64),
  pulumiVersion: "3.259.0",
};

const none = { resources: [], drift: [], unchanged: 12 };

function many(count: number, action: ResourceChange["action"]): ResourceChange[] {
  return Array.from({ length: count }, (_, index) => ({
    urn: `urn:pulumi:s::p::a:b:C::${action}-${index}`,
    type: "a:b:C",
    name: `${action}-${index}`,
    action,
    properties: action === "delete" ? [] : [{ path: "value", before: "x".repeat(100), after: "y".repeat(100) }],
  }));
}

test("a plan that changes nothing says so", () => {
  expect(summaryText(manifest, none, "", 65_536)).toContain("**No changes**; 12 unchanged.");
});

test("replacements and deletions are counted, warned of and listed before all else", () => {
  const resources = [...many(1, "replace"), ...many(2, "delete"), ...many(1, "create")];
  const text = summaryText(manifest, { ...none, resources }, "", 65_536);
  expect(text).toContain("**1 replaced, 2 deleted, 1 created**, 12 unchanged.");
  expect(text).toContain("> [!WARNING]\n> 3 resources would be removed, or removed and made anew.");
  const headings = text.split("\n").filter((line) => line.startsWith("### "));
  expect(headings).toEqual(["### Replaced", "### Deleted", "### Created"]);
});

test("what else is to be read stands after the changes", () => {
  const text = summaryText(manifest, none, "### Cost\n\n$120 a month", 65_536);
  expect(text).toContain("### Cost\n\n$120 a month");
});

test.each([10, 300, 10_000])("%i changes of each kind are within what GitHub takes", (count) => {
  const resources = [...many(count, "replace"), ...many(count, "update"), ...many(count, "create")];
  const text = summaryText(manifest, { ...none, resources }, "### Cost\n\n$120", 65_000);
  expect(text.length).toBeLessThanOrEqual(65_000);
  expect(text).toContain(`**${count} replaced, ${count} updated, ${count} created**`);
  expect(text).toContain("### Cost");
  // What is most dangerous is told at the greatest length that there is room for.
  expect(text).toContain("`replace-0`");
});

test("what there is no room for is counted", () => {
  const text = summaryText(manifest, { ...none, resources: many(3000, "update") }, "", 65_000);
  const named = text.split("\n").filter((line) => line.startsWith("- `update-")).length;
  expect(text).toContain(`… and ${3000 - named} more resources: the plan's changes.json has them all.`);
});

test("a preview that failed says why, letter by letter", () => {
  expect(failureText("dev", manifest.commit, "no\n```\n@everyone")).toBe(
    "## Preview of `dev`: failed\n\nThere is no plan for commit `0123456789ab`:\n\n````\nno\n```\n@everyone\n````",
  );
});
