/** Shows what keeps others from a stack, and removes what a run has left that is gone. */

import { GroundworkError } from "../../settings/errors";
import { markdownTable } from "../table";
import type { LockPlaces, StackLock } from "./locks";
import { lineOf, type Holding } from "./verdict";

/** Locks and turns as a table in Markdown. */
export function describeHoldings(stack: string, holdings: readonly Holding[]): string {
  if (holdings.length === 0) return `No one holds a lock or the turn of the stack ${stack}.`;
  const rows = holdings.map(({ what, holder, runs, verdict }) => {
    const run = runs.map(({ job, actor }) => job?.runUrl ?? `${actor}, by hand`).join(", ");
    const who = holder === undefined ? ["?", "?", "?"] : [holder.username, holder.hostname, String(holder.pid)];
    const since = holder === undefined ? "?" : holder.timestamp;
    return [what, ...who, since, run === "" ? "not noted" : run, `${verdict.state}: ${verdict.why}`];
  });
  return markdownTable(["What", "User", "Host", "Pid", "Since", "Run", "Holder"], rows);
}

/** @throws LOCKED when there is one whose holder lives, or may live; nothing has been removed then */
export function refuseLiving(stack: string, holdings: readonly Holding[]): void {
  const staying = holdings.filter(({ verdict }) => verdict.state !== "gone");
  const [first] = staying;
  if (first === undefined || first.verdict.state === "gone") return;
  throw new GroundworkError("LOCKED", `The stack ${stack} is locked, and nothing was removed`, {
    violations: staying.map((one) => ({ message: lineOf(one) })),
    suggestion: first.verdict.advice,
  });
}

/** Takes away locks, and the notes on their runs. */
export async function removeLocks({ backend, storage }: LockPlaces, locks: readonly StackLock[]): Promise<void> {
  for (const { key, notes } of locks) {
    // In a folder the engine keeps a file's attributes beside it.
    for (const file of [key, `${key}.attrs`]) await backend.remove(file);
    for (const note of notes) await storage.remove(note);
  }
}
