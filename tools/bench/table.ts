/** The results as a Markdown table. Pure. */

import { middle, p95, type Series } from "./sampling";
import type { Result } from "./row";

const head = [
  "Row",
  "What",
  "Goal",
  "Measured",
  "Reached",
  "Ours: median, p95",
  "Beside it: median, p95 (ours ÷ it)",
  "n",
];

/** Whether the figure is within the goal. */
export function isReached({ row, measurement }: Result): boolean {
  return measurement.figure <= row.goal.atMost;
}

/** The table, its columns aligned as Prettier aligns them. */
export function formatTable(results: readonly Result[]): string {
  return alignTable([head, ...results.map(cells)]);
}

function cells(result: Result): string[] {
  const { row, measurement } = result;
  const { goal } = row;
  const { ours, peers, note } = measurement;
  const beside = peers.map((peer) => `\`${peer.command}\` ${figures(peer)} (${number(middle(ours) / middle(peer))}×)`);
  return [
    `\`${row.name}\``,
    [row.what, ...(note === undefined ? [] : [note])].join("; "),
    `${goal.figure} ≤ ${String(goal.atMost)} ${goal.unit}`,
    `${number(measurement.figure)} ${goal.unit}`,
    isReached(result) ? "yes" : "**no**",
    `\`${ours.command}\` ${figures(ours)}`,
    beside.join("; "),
    String(ours.values.length),
  ];
}

function figures(series: Series): string {
  return `${number(middle(series))}, ${number(p95(series))} ${series.unit}`;
}

/** Three digits that mean something. */
function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** A Markdown table; the first row is its head. */
export function alignTable([first = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = first.map((_, column) => Math.max(3, ...[first, ...rows].map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [first, rule, ...rows].map(line).join("\n");
}
