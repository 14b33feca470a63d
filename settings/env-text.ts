/** An `.env`'s text as keys, values and lines. dotenv says what the values are; the index says where they stand. */

import { parse } from "dotenv";
import type { Violation } from "./errors";

/** A key as it stands in the file, once for each time it is set. */
interface EnvEntry {
  readonly key: string;
  /** 1-based. */
  readonly line: number;
}

/** The text of an `.env`, read once. */
export interface EnvText {
  /** In the order of the file. */
  readonly entries: readonly EnvEntry[];
  /** Words that begin a line which sets nothing, such as the `MEMORY` of `MEMORY 512`: dotenv passes over such lines. */
  readonly unassigned: readonly EnvEntry[];
  /** By key, as dotenv reads them: the last one counts. */
  readonly values: ReadonlyMap<string, string>;
}

/** The line pattern of dotenv 18 (`lib/main.js`), which does not export it; a property test compares the two. */
const linePattern =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/dgm;

/** dotenv's pattern takes quadratic time over empty lines: 16,000 in a row are a third of a second, 256,000 over a minute. */
const mostEmptyLines = 1000;

/** What cannot be read as an `.env` at all, where something is. */
export function findUnreadable(text: string): Violation | undefined {
  const nul = text.indexOf("\0");
  if (nul >= 0) {
    return {
      message: "holds a NUL character: this is not a text file; allowed: text in UTF-8.",
      line: lineAt(text, nul),
    };
  }
  const line = findEmptyRun(text);
  if (line === undefined) return undefined;
  return { message: `ends ${String(mostEmptyLines)} empty lines in a row; allowed: fewer.`, line };
}

/** The line that is one empty line too many in a row. U+2028 and U+2029 end a line for dotenv's pattern too. */
function findEmptyRun(text: string): number | undefined {
  let length = 0;
  let line = 1;
  for (const [row, end = ""] of text.matchAll(/[^\r\n\u2028\u2029]*(\r\n?|[\n\u2028\u2029]|$)/g)) {
    length = row.trim() === "" ? length + 1 : 0;
    if (length === mostEmptyLines) return line;
    if (/[\r\n]/.test(end)) line += 1;
  }
  return undefined;
}

/** The keys, lines and values of a text that is not unreadable. */
export function readEnvText(text: string): EnvText {
  const values = new Map(Object.entries(parse(text)));
  const entries = indexKeys(text).filter((entry) => values.has(entry.key));
  return { entries, unassigned: indexUnassigned(text), values };
}

function indexUnassigned(text: string): EnvEntry[] {
  const set = (match: string) => match.replace(/[^\n]/g, " ");
  const rest = text.replace(/\r\n?/g, "\n").replace(linePattern, set);
  return rest.split("\n").flatMap((row, index) => {
    const key = /^\s*(?:export\s+)?([\w.-]+)(?=\s|$)/.exec(row)?.[1];
    return key === undefined ? [] : [{ key, line: index + 1 }];
  });
}

function indexKeys(text: string): EnvEntry[] {
  const lines = text.replace(/\r\n?/g, "\n");
  const entries: EnvEntry[] = [];
  let line = 1;
  let counted = 0;
  for (const match of lines.matchAll(linePattern)) {
    const start = match.indices?.[1]?.[0] ?? match.index;
    line += countNewlines(lines.slice(counted, start));
    counted = start;
    entries.push({ key: match[1] ?? "", line });
  }
  return entries;
}

function lineAt(text: string, index: number): number {
  return 1 + countNewlines(text.slice(0, index).replace(/\r\n?/g, "\n"));
}

function countNewlines(text: string): number {
  return text.split("\n").length - 1;
}
