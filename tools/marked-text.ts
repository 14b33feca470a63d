/** Texts that a program writes into a page, between marks. Pure. */

/**
 * A page with the text between `<!-- NAME -->` and `<!-- /NAME -->` replaced.
 *
 * @throws Error when the page has no such place
 */
export function replaceBetween(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
