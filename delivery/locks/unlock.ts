/** Shows the locks of a stack, and removes those whose holder is gone. */

import { GroundworkError } from "../../settings/errors";
import { markdownTable } from "../table";
import type { LockPlaces, StackLock } from "./locks";

/** Locks as a table in Markdown. */
export function describeLocks(stack: string, locks: readonly StackLock[]): string {
  if (locks.length === 0) return `No one holds a lock of the stack ${stack}.`;
  const rows = locks.map(({ holder, notes, verdict }) => {
    const run = notes.map(({ note }) => note.job?.runUrl ?? `${note.actor}, by hand`).join(", ");
    const who = holder === undefined ? ["?", "?", "?"] : [holder.username, holder.hostname, String(holder.pid)];
    const since = holder === undefined ? "?" : holder.timestamp;
    return [...who, since, run === "" ? "not noted" : run, `${verdict.state}: ${verdict.why}`];
  });
  return markdownTable(["User", "Host", "Pid", "Since", "Run", "Holder"], rows);
}

/** @throws LOCKED when there is a lock whose holder lives, or may live; nothing has been removed then */
export function refuseLiving(stack: string, locks: readonly StackLock[]): void {
  const staying = locks.filter(({ verdict }) => verdict.state !== "gone");
  const [first] = staying;
  if (first === undefined || first.verdict.state === "gone") return;
  throw new GroundworkError("LOCKED", `The stack ${stack} is locked, and no lock was removed`, {
    violations: staying.map((lock) => ({ message: lineOf(lock) })),
    suggestion: first.verdict.advice,
  });
}

/** Takes away locks, and the notes on their runs. */
export async function removeLocks({ backend, storage }: LockPlaces, locks: readonly StackLock[]): Promise<void> {
  for (const { key, notes } of locks) {
    // In a folder the engine keeps a file's attributes beside it.
    for (const file of [key, `${key}.attrs`]) await backend.remove(file);
    for (const note of notes) await storage.remove(note.key);
  }
}

/** One lock as one line. */
export function lineOf({ holder, verdict }: StackLock): string {
  if (holder === undefined) return verdict.why;
  const { username, hostname, pid, timestamp } = holder;
  return `held by ${username} on ${hostname} (pid ${pid}) since ${timestamp}; ${verdict.why}`;
}
