/** What `bin/platform destroy` shows. Pure. */

import Table from "cli-table3";
import type { Belonging } from "./leftovers";

/** What a destroy would leave. @param onLinode whether the cluster is one that the stack made at Linode */
export function leftoverText(stack: string, staying: readonly Belonging[], onLinode: boolean): string {
  if (!onLinode) return `The cluster of stack ${stack} is not the stack's own, and stays with all its volumes.`;
  if (staying.length === 0) return `Nothing of stack ${stack} stays at Linode when it is destroyed.`;
  const table = new Table({
    head: ["KIND", "ID", "LABEL", "USD A MONTH", "STAYS BECAUSE"],
    style: { head: [], border: [] },
  });
  for (const { kind, id, label, monthly, stays } of staying) table.push([kind, id, label, monthly.toFixed(2), stays]);
  return [
    `This stays at Linode when stack ${stack} is destroyed, and goes on being paid for:`,
    table.toString(),
    sum(staying),
  ].join("\n");
}

/** What a destroy has left, with the commands that remove it. */
export function removalText(still: readonly Belonging[]): string {
  if (still.length === 0) return "The stack is destroyed, and nothing of its cluster is left at Linode.";
  const commands = still.map(
    ({ kind, id }) => `  linode-cli ${kind === "volume" ? "volumes" : "nodebalancers"} delete ${String(id)}`,
  );
  return [
    "The stack is destroyed. Still at Linode; these commands remove it, and the data with it:",
    ...commands,
    sum(still),
  ].join("\n");
}

function sum(all: readonly Belonging[]): string {
  const monthly = all.reduce((total, one) => total + one.monthly, 0);
  return `Together ${monthly.toFixed(2)} US dollars a month.`;
}
