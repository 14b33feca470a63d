/** Tables for people: aligned columns without lines, which programs like `awk` can read too. */

import Table from "cli-table3";

const edges = ["top", "bottom", "left", "mid", "right"].flatMap((side) => [
  side,
  `${side}-left`,
  `${side}-mid`,
  `${side}-right`,
]);
const noLines = Object.fromEntries([...edges, ...["top", "bottom", "left", "right"]].map((edge) => [edge, ""]));

/**
 * @param columns headings; one that ends with `>` has its column aligned to the right
 * @returns the lines, without blanks at their ends
 */
export function renderTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map((column) => column.replace(/>$/, "")),
    colAligns: columns.map((column) => (column.endsWith(">") ? "right" : "left")),
    chars: { ...noLines, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
