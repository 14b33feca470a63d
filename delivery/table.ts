/** Tables in Markdown, which a terminal shows well too. */

import Table from "cli-table3";

const edges = ["top", "bottom", "mid"].flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`]);
const chars = {
  ...Object.fromEntries([...edges, "left-mid", "mid-mid", "right-mid"].map((edge) => [edge, ""])),
  left: "| ",
  middle: " | ",
  right: " |",
};

/** A table as GitHub reads it; https://github.github.com/gfm/#tables-extension- */
export function markdownTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({ chars, style: { "padding-left": 0, "padding-right": 0, head: [], border: [] } });
  table.push(
    [...columns],
    columns.map(() => "---"),
    ...rows.map((row) => row.map(cell)),
  );
  return table.toString();
}

/** A bar would begin the next cell, and a line end the next row. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s+/g, " ");
}
