/** Generators of `.env` files: what people write, what they nearly write, and what nobody would. */

import fc from "fast-check";
import { isOurs, judge, type Expected } from "./expected";
import { goodSetting, setting, type Setting } from "./settings";

/** A generated file, and what must be said of it. */
export interface GeneratedFile {
  readonly text: string;
  readonly expected: Expected;
  /** `line:key` of everything that is wrong. */
  readonly mistakes: ReadonlySet<string>;
}

/** How dotenv can be given exactly this value; undefined where it cannot. */
function quotedBy(quote: string, value: string): string | undefined {
  const isPlain = /^[A-Za-z0-9:/.,_@~+%-]*$/.test(value);
  if (quote === "") return isPlain ? value : undefined;
  // dotenv takes a backslash before a quote for part of the value.
  if (value.includes(quote) || value.endsWith("\\") || value.includes("\r")) return undefined;
  return quote === '"' && /\\[nr]/.test(value) ? undefined : `${quote}${value}${quote}`;
}

/** Every way to write the value; the carriage returns that dotenv would take for line ends are left out before. */
function write(value: string, preferred: string): { readonly text: string; readonly value: string } {
  const ways = [preferred, "", "'", '"', "`"].map((quote) => quotedBy(quote, value));
  const text = ways.find((way) => way !== undefined);
  if (text !== undefined) return { text, value };
  const simple = value.replace(/['\\\r]/g, "");
  return { text: `'${simple}'`, value: simple };
}

type Row =
  | {
      readonly kind: "setting";
      readonly setting: Setting;
      readonly quote: string;
      readonly prefix: string;
      readonly equals: string;
      readonly comment: string;
    }
  | { readonly kind: "other"; readonly text: string }
  | { readonly kind: "unassigned"; readonly key: string; readonly text: string };

const settingRow = (from: fc.Arbitrary<Setting>): fc.Arbitrary<Row> =>
  fc.record({
    kind: fc.constant("setting" as const),
    setting: from,
    quote: fc.constantFrom("", "'", '"', "`"),
    prefix: fc.constantFrom("", "", "", "export ", "  ", "\t", "export \t"),
    equals: fc.constantFrom("=", "=", "=", " = ", ": ", "=  "),
    comment: fc.constantFrom("", "", " # it's a comment", '  #"', "\t#`"),
  });
const otherRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constant("other" as const),
  text: fc.constantFrom("", " ", "# a comment", "# MEMORY=1", "#'", "\t# `", '  #"', "# \u2028x", "words of nobody"),
});
const unassignedRow: fc.Arbitrary<Row> = fc.record({
  kind: fc.constant("unassigned" as const),
  key: fc.constantFrom("MEMORY", "CPUS", "ENV_A", "DATABASE_URL"),
  text: fc.constantFrom(" 512", "", "\t1"),
});

function assemble(rows: readonly Row[], newline: string, bom: string): GeneratedFile {
  const values = new Map<string, string>();
  const lines: { readonly key: string; readonly line: number; readonly sets: boolean }[] = [];
  const texts: string[] = [];
  let line = 1;
  for (const row of rows) {
    const text = rowText(row, values, (key, sets) => lines.push({ key, line, sets }));
    texts.push(text);
    line += text.split("\n").length;
  }
  // dotenv cannot hold this key: it is lost before anything of ours could see it.
  values.delete("__proto__");
  const expected = judge(values);
  const text = `${bom}${texts.join("\n").replaceAll("\n", newline)}`;
  return { text, expected, mistakes: mistakesOf(lines, expected) };
}

function rowText(row: Row, values: Map<string, string>, note: (key: string, sets: boolean) => void): string {
  if (row.kind === "other") return row.text;
  if (row.kind === "unassigned") {
    note(row.key, false);
    return `${row.key}${row.text}`;
  }
  const { setting, quote, prefix, equals, comment } = row;
  const written = write(setting.value.replaceAll("\r", ""), quote);
  note(setting.key, true);
  values.set(setting.key, written.value);
  // Nothing between `:` and the end of the line is no setting for dotenv.
  return `${prefix}${setting.key}${written.text === "" ? "=''" : `${equals}${written.text}`}${comment}`;
}

function mistakesOf(
  lines: readonly { readonly key: string; readonly line: number; readonly sets: boolean }[],
  { refused, ignored }: Expected,
): Set<string> {
  const last = new Map(lines.filter(({ sets }) => sets).map(({ key, line }) => [key, line]));
  const seen = new Set<string>();
  const mistakes = new Set([...refused].map((key) => `${String(last.get(key))}:${shown(key)}`));
  for (const { key, line, sets } of lines) {
    if (!isOurs(key) || ignored.has(key)) continue;
    if (!sets || seen.has(key)) mistakes.add(`${String(line)}:${shown(key)}`);
    if (sets) seen.add(key);
  }
  return mistakes;
}

/** A long key is shown by its beginning. */
function shown(key: string): string {
  return key.length > 80 ? `${key.slice(0, 80)}…` : key;
}

const newline = fc.constantFrom("\n", "\n", "\r\n", "\r");
const bom = fc.constantFrom("", "", "", "\ufeff");

/** Files of any settings, good and bad, each wrong or right by the table. */
export const structuredFile: fc.Arbitrary<GeneratedFile> = fc
  .tuple(
    fc.oneof(
      fc.array(
        fc.oneof(
          { weight: 8, arbitrary: settingRow(setting) },
          { weight: 2, arbitrary: otherRow },
          { weight: 1, arbitrary: unassignedRow },
        ),
        { maxLength: 10 },
      ),
      fc.uniqueArray(fc.oneof({ weight: 6, arbitrary: settingRow(goodSetting) }, { weight: 1, arbitrary: otherRow }), {
        maxLength: 10,
        selector: (row) => (row.kind === "setting" ? row.setting.key : row),
      }),
    ),
    newline,
    bom,
  )
  .map(([rows, end, mark]) => assemble(rows, end, mark));

const foreign = fc.constantFrom(
  "'",
  '"',
  "`",
  "=",
  "#",
  "\n",
  "\r",
  "\0",
  "\\",
  "$",
  ":",
  "\u2028",
  "\ufeff",
  "\u0085",
  "\u001b[31m",
  "é",
  "𝒳",
  "export ",
  "MEMORY=",
);

/** A structured file that something was put into, or taken out of, anywhere. */
export const damagedFile: fc.Arbitrary<string> = fc
  .tuple(
    structuredFile,
    fc.array(fc.tuple(fc.nat(), fc.oneof(foreign, fc.constant(undefined)), fc.nat(3)), { minLength: 1, maxLength: 4 }),
  )
  .map(([{ text }, damages]) =>
    damages.reduce((before, [at, insert = "", cut]) => {
      const index = at % (before.length + 1);
      return before.slice(0, index) + insert + before.slice(index + (insert === "" ? cut + 1 : 0));
    }, text),
  );

/** Texts that are long in one way: a line, a key, a value, or many lines of one kind. */
export const longText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(
      "",
      "MEMORY=",
      "ENV_A=",
      "ENV_",
      "ENV_1",
      "COMMAND=",
      'COMMAND="',
      "PORTS=",
      "VOLUMES=",
      "IGNORE_KEYS=",
      "IMAGE=",
      "INFRA_ID=",
      "A='",
    ),
    fc.constantFrom(
      "9",
      "a",
      " ",
      "\t",
      "\u00a0",
      ",",
      "1:1,",
      "a:/b,",
      "'",
      '"',
      "\\",
      "$",
      "${",
      "-",
      "a-",
      "a/",
      ".",
      ":",
      "[",
      "=",
      "#",
      "A ",
      "A=\n",
      "MEMROY=1\n",
      "MEMORY=1\n",
      "MEMORY 1\n",
      "ENV_A=x\n",
      "\n",
      " \n",
      "A\n\n",
      "A='\n",
      "\u2028",
      "export ",
      "é",
    ),
    fc.integer({ min: 1, max: 256 * 1024 }),
    fc.constantFrom("", "x", "!", "'", '"', "\nMEMORY=1g\n", "\u0001"),
  )
  .map(
    ([start, repeated, length, end]) => start + repeated.repeat(Math.ceil(length / Buffer.byteLength(repeated))) + end,
  );
