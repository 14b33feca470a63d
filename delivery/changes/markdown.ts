/** Text of others in Markdown as GitHub renders it: shown as it is, never acted upon. Pure. */

/** Control characters, and those that let a text look like another one. */
const deceiving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text with what cannot be seen written out. Tabs and line ends stay. */
export function visible(text: string): string {
  return text.replace(deceiving, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A text within a line, letter by letter; may stand in a table. */
export function code(text: string): string {
  const line = visible(text).replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("|", "\\|");
  const fence = "`".repeat(longestRun(line) + 1);
  const space = line === "" || line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Lines as they are, in a block. @param language how GitHub colours them. @default not at all */
export function block(text: string, language = ""): string {
  const lines = visible(text);
  const fence = "`".repeat(Math.max(3, longestRun(lines) + 1));
  return `${fence}${language}\n${lines}\n${fence}`;
}

/** What is shown only to who asks for it. @param summary Markdown is not rendered there; HTML is */
export function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** A text as HTML's own text, as a folded part's summary takes it. */
export function html(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;");
}

/** A table of cells that are Markdown already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** `1 resource`, `2 resources`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
