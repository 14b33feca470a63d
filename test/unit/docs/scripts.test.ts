/** The page on progress shows events as they are. */

import { progressEvent } from "../../../cli/progress/event";
import { readText, section, tableRows } from "./markdown";

const page = section(readText("docs/guides/scripts.md"), "## For programs");
const [, example = ""] = /^```json\n([^]*?)^```$/m.exec(page) ?? [];
const lines = example.trimEnd().split("\n");

test.each(lines)("the example's line %s is an event", (line) => {
  expect(progressEvent.safeParse(JSON.parse(line)).error).toBeUndefined();
});

test("the example has an event of every type", () => {
  const types = lines.map((line) => progressEvent.parse(JSON.parse(line)).type);
  expect(new Set(types)).toEqual(new Set(progressEvent.shape.type.options));
});

test("the table has every field of an event, in the order of the schema", () => {
  expect(tableRows(page).map(([field]) => field)).toEqual(Object.keys(progressEvent.shape));
});
