/** Keeps a text within a length: what matters least is told in one line first, and left out last. Pure. */

import type { Told } from "./change-text";

const leastCharacters = 20;

/** Things of one kind under a heading; the first part of a text matters most. */
export interface Part {
  readonly heading: string;
  readonly items: readonly Told[];
}

/**
 * The parts as one text of at most `limit` characters.
 *
 * @param left says how many could not be told at all
 */
export function fit(parts: readonly Part[], limit: number, left: (count: number) => string): string {
  const told = parts.filter(({ items }) => items.length > 0);
  const all = told.reduce((count, { items }) => count + items.length, 0);
  // No line is so short that more of them would fit.
  const most = Math.min(all, Math.ceil(limit / leastCharacters));
  const rest = (count: number) => (count === all ? "" : `\n\n${left(all - count)}`);
  for (const inFull of descending(most)) {
    const text = render(told, inFull, most) + rest(most);
    if (text.length <= limit) return text;
  }
  for (const count of descending(most)) {
    const text = render(told, 0, count) + rest(count);
    if (text.length <= limit) return text;
  }
  return left(all);
}

/** In steps by which little room is left unused, and few attempts are made. */
function* descending(from: number): Generator<number> {
  for (let count = from; count > 0; count = Math.floor(count * 0.9)) yield count;
  yield 0;
}

/** The first `count` items, of which the first `inFull` in full and the others in one line each. */
function render(parts: readonly Part[], inFull: number, count: number): string {
  let index = 0;
  const texts = parts.flatMap(({ heading, items }) => {
    const shown = items.flatMap(({ full, short }) => {
      index += 1;
      return index > count ? [] : [index > inFull ? short : full()];
    });
    return shown.length === 0 ? [] : [`### ${heading}\n\n${joined(shown)}`];
  });
  return texts.join("\n\n");
}

/** Lines of a list stand together. */
function joined(items: readonly string[]): string {
  const isLine = (text = "") => text.startsWith("- ") && !text.includes("\n");
  const gap = (index: number) => (isLine(items[index]) && isLine(items[index - 1]) ? "\n" : "\n\n");
  return items.map((item, index) => (index === 0 ? item : `${gap(index)}${item}`)).join("");
}
