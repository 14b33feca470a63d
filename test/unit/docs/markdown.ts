/** Reads the project's Markdown files, for tests that hold them to the code. */

import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of this repository. */
export const root = resolve(__dirname, "..", "..", "..");

/** Every Markdown file of ours, relative to the root. */
export function markdownFiles(): string[] {
  return globSync("**/*.md", { cwd: root, exclude: (name) => ["node_modules", "dist"].includes(name) }).sort();
}

/** The text of a file, by its path relative to the root. */
export function readText(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** The text between a heading and the next one of the same or a higher level. */
export function section(text: string, heading: string): string {
  const start = text.indexOf(`${heading}\n`);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const level = heading.indexOf(" ");
  const body = text.slice(start + heading.length);
  const end = body.search(new RegExp(`\\n#{1,${String(level)}} `));
  return end === -1 ? body : body.slice(0, end);
}

/** The cells of the first table in a text, without its head; `code` and escaped bars as they are meant. */
export function tableRows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => {
    const cells = line.split(/(?<!\\)\|/).slice(1, -1);
    return cells.map((cell) =>
      cell
        .trim()
        .replaceAll("\\|", "|")
        .replace(/^`(.*)`$/, "$1"),
    );
  });
}

/** Where relative links of a text lead; what stands in code is no link. */
export function relativeLinks(text: string): string[] {
  const prose = text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^\w+:/.test(target));
}

/** The anchors that a page's headings give, as GitHub makes them. */
export function anchors(text: string): string[] {
  const headings = text.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
