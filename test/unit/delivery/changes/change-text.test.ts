import { changeText, driftText } from "../../../../delivery/changes/change-text";
import type { ResourceChange } from "../../../../delivery/changes/changes";

const resource = { urn: "urn:pulumi:s::p::a:b:C::one", type: "a:b:C", name: "one" };

function updated(...properties: ResourceChange["properties"]): string {
  return changeText({ ...resource, action: "update", properties }).full();
}

test("each property is a row, and one that forces a replacement says so", () => {
  expect(
    updated(
      { path: "size", before: 1, after: "two", replaces: true },
      { path: "gone", before: null, after: undefined },
    ),
  ).toBe(
    [
      "#### `one` (`a:b:C`)",
      "",
      "| Property | Before | After |",
      "| --- | --- | --- |",
      '| `size` **forces replacement** | `1` | `"two"` |',
      "| `gone` | `null` |  |",
    ].join("\n"),
  );
});

test("a secret that changes is told to be another one", () => {
  expect(updated({ path: "stdin", before: "[secret]", after: "[secret]" })).toContain(
    "| `stdin` | secret | another secret |",
  );
});

test("of a long value the lines that differ are shown, folded", () => {
  const before = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
  const text = updated({ path: "script", before, after: before.replace("line 20", "line twenty") });
  expect(text).toContain("<details><summary><code>script</code></summary>");
  expect(text).toContain("```diff\n@@ -18,7 +18,7 @@\n line 17\n line 18\n line 19\n-line 20\n+line twenty\n line 21");
  expect(text).not.toContain("line 30");
});

test("a difference without end is cut, and says by how much", () => {
  const text = updated({ path: "blob", before: "", after: "x".repeat(10_000) });
  expect(text.length).toBeLessThan(4300);
  expect(text).toMatch(/\n… \d+ more characters\n/);
});

test("what is new is folded, its long values cut", () => {
  const text = changeText({
    ...resource,
    action: "create",
    properties: [{ path: "a", after: "x".repeat(300) }],
  }).full();
  expect(text).toMatch(/^<details><summary><code>one<\/code> \(<code>a:b:C<\/code>\)<\/summary>/);
  expect(text).toContain("… (302 characters)");
  expect(text.length).toBeLessThan(400);
});

test("drift is one table, and what is too long for it stands below", () => {
  const long = "y".repeat(200);
  const text = driftText([
    { ...resource, isGone: true, properties: [] },
    { ...resource, name: "two", isGone: false, properties: [{ path: "data", before: long, after: "z" }] },
  ]);
  expect(text).toContain("| `one` (`a:b:C`) | `exists` | `true` | `false` |");
  expect(text).toContain("| `two` (`a:b:C`) | `data` | see below | see below |");
  expect(text).toContain(
    `<summary>two: <code>data</code></summary>\n\n\`\`\`diff\n@@ -1,1 +1,1 @@\n-${long}\n+z\n\`\`\``,
  );
});
