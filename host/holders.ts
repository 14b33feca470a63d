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

/**
 * The fewest holders that make room, and of those that do, small ones: the largest for as long as one more is needed,
 * then the smallest that fills the gap. None when even all of them together do not.
 *
 * @param amountOf how much of what is short an entry holds
 */
export function roomFor(
  short: number,
  largestFirst: readonly LedgerEntry[],
  amountOf: (entry: LedgerEntry) => number,
): readonly LedgerEntry[] {
  const last = largestFirst.findLast((entry) => amountOf(entry) >= short);
  if (last !== undefined) return [last];
  const [largest, ...rest] = largestFirst;
  const all = largestFirst.reduce((sum, entry) => sum + amountOf(entry), 0);
  if (largest === undefined || all < short) return [];
  return [largest, ...roomFor(short - amountOf(largest), rest, amountOf)];
}

/** What can be done, one way or the other, as a sentence. */
export function toSuggestion(ways: readonly string[]): string {
  const text = ways.join(", or ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `a, b and c`. */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${String(names.at(-1))}`;
}
