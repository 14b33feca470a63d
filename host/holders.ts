/** How messages and error objects name an instance that holds something. */
import type { LedgerEntry } from "./promises";

/** A holder in an error object. */
export interface Holder {
  readonly stack: string;
  readonly id: string;
  readonly projectDirectory: string | undefined;
}

/** `shop (/home/a/shop)`; an instance of a shared stack is `shop (stack dev)`. */
export function nameEntry(entry: LedgerEntry): string {
  return `${entry.id} (${entry.projectDirectory ?? `stack ${entry.stack}`})`;
}

/** The holder for an error object. */
export function toHolder({ stack, id, projectDirectory }: LedgerEntry): Holder {
  return { stack, id, projectDirectory };
}
