/** Violations and costs as a reviewer reads them. Pure. */

import { code, table, visible } from "../changes/markdown";
import type { PolicyViolation } from "./policy";
import { sumOf, type Cost, type PoolCost } from "./pool-costs";

/** @param costs of every pool, or why they are not known */
export function policiesMarkdown(violations: readonly PolicyViolation[], costs: readonly PoolCost[] | string): string {
  return [...violationLines(violations), ...costLines(costs)].join("\n");
}

function violationLines(violations: readonly PolicyViolation[]): string[] {
  if (violations.length === 0) return [];
  const rows = violations.map(({ policy, resource, property, what, allowed, remedy }) => {
    const where = [resource, property].filter((part) => part !== undefined);
    return [policy, where.map(code).join("<br>"), ...[what, allowed, remedy].map(cell)];
  });
  const header = ["Policy", "Where", "What", "Allowed", "How to let it pass"];
  return [`### Against the policies: ${violations.length}`, "", table(header, rows), ""];
}

function costLines(costs: readonly PoolCost[] | string): string[] {
  const title = ["### What the pools cost a month", ""];
  if (typeof costs === "string") return [...title, `Not known: ${cell(costs)}`, ""];
  if (costs.length === 0) return [];
  return [
    ...title,
    row(["Pool", "Before", "After"]),
    row(["---", "---:", "---:"]),
    ...costs.map(({ pool, before, after }) => row([code(pool), poolText(before), poolText(after)])),
    row(["**all**", dollars(sumOf(costs, "before")), `**${dollars(sumOf(costs, "after"))}**`]),
    "",
  ];
}

function poolText(of: PoolCost["before"]): string {
  if (of === undefined) return "";
  const count = typeof of.count === "number" ? of.count : `${of.count.min} to ${of.count.max}`;
  return `${count} × ${of.type}: ${dollars(of)}`;
}

function dollars({ least, most }: Cost): string {
  return least === most ? `${least} USD` : `${least} to ${most} USD`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A bar or a line's end would end the cell. */
function cell(text: string): string {
  return visible(text)
    .replaceAll("|", "\\|")
    .replaceAll(/\s*\n\s*/g, " ");
}
