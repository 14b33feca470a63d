import { parse } from "dotenv";
import fc from "fast-check";
import { findUnreadable, readEnvText } from "../../../settings/env-text";

/** Pieces that mean something to dotenv, put together at random: most files are odd, all are possible. */
const piece = fc.constantFrom(
  ..."A B_1 c.d e-f export MEMORY PORTS = : # ' \" ` \\ \\n x y:z __proto__ constructor".split(" "),
  ..."\n \r\n \r   \t  \u00a0 \u2028 \ufeff A= B= \nA= \nB='".split(" "),
  " ",
  "\n",
  "='a\nb'\n",
  '="a\\"b" # c\n',
  "\nexport A=1\n",
);
const oddFile = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/);
const plain = fc.stringMatching(/^[a-z0-9:/.,]{0,8}$/);
const value = fc.oneof(
  plain,
  plain.map((text) => `'${text}\n${text}'`),
  plain.map((text) => `"${text}\\n${text}"`),
  plain.map((text) => `\`${text} # ${text}\``),
);
const row = fc.record({
  key,
  value,
  before: fc.constantFrom("", "export ", "  ", "# note\n", "\n\n"),
  equals: fc.constantFrom("=", " = ", "= "),
  after: fc.constantFrom("", "  ", " # note"),
});
const newline = fc.constantFrom("\n", "\r\n", "\r");

describe("the index of lines", () => {
  test("has the keys and the values of dotenv, whatever the text", () => {
    fc.assert(
      fc.property(fc.oneof(oddFile, fc.string({ unit: "binary" })), (text) => {
        const { entries, values } = readEnvText(text);
        expect(Object.fromEntries(values)).toEqual(parse(text));
        expect(new Set(entries.map((entry) => entry.key))).toEqual(new Set(Object.keys(parse(text))));
      }),
      { numRuns: 3000 },
    );
  });

  test("gives a line that holds its key, whatever the text", () => {
    fc.assert(
      fc.property(oddFile, (text) => {
        const lines = text.split(/\r\n|\r|\n/);
        for (const entry of readEnvText(text).entries) expect(lines[entry.line - 1]).toContain(entry.key);
      }),
      { numRuns: 3000 },
    );
  });

  test("finds every row of a tidy file on its line, in order, and the last value counts", () => {
    fc.assert(
      fc.property(fc.array(row), newline, fc.constantFrom("", "\ufeff"), (rows, end, mark) => {
        const texts = rows.map((one) => `${one.before}${one.key}${one.equals}${one.value}${one.after}`);
        const starts = texts.map((_, index) => {
          const above = texts.slice(0, index).map((text) => `${text}\n`);
          return [...above, rows[index]?.before ?? ""].join("").split("\n").length;
        });
        const text = `${mark}${texts.join("\n").replaceAll("\n", end)}`;
        const expected = rows.map((one, index) => ({ key: one.key, line: starts[index] }));
        expect(readEnvText(text).entries).toEqual(expected);
      }),
    );
  });

  test("counts a duplicate each time", () => {
    expect(readEnvText("A=1\n\nB=2\nA=3").entries).toEqual([
      { key: "A", line: 1 },
      { key: "B", line: 3 },
      { key: "A", line: 4 },
    ]);
  });

  test("does not take a key inside a quoted value for one", () => {
    expect(readEnvText('A="1\nB=2"\nC=3').entries).toEqual([
      { key: "A", line: 1 },
      { key: "C", line: 3 },
    ]);
  });
});

describe("what cannot be read as an .env", () => {
  test("is a text with a NUL, named with its line", () => {
    expect(findUnreadable("A=1\r\nB=\0")).toEqual({
      message: "holds a NUL character: this is not a text file; allowed: text in UTF-8.",
      line: 2,
    });
  });

  test.each([
    ["\n", 1001],
    ["\r\n", 1001],
    ["\r", 1001],
    [" \t\n", 1001],
    ["\u2028", 2],
  ])("is a run of a thousand lines of %j", (end, line) => {
    expect(findUnreadable(`A=1\n${end.repeat(1000)}`)).toEqual({
      message: "ends 1000 empty lines in a row; allowed: fewer.",
      line,
    });
  });

  test("is not a run that a key interrupts", () => {
    expect(findUnreadable(`${"\n".repeat(999)}A=1\n${"\n".repeat(998)}`)).toBeUndefined();
  });

  test("is not a run of a thousand comments", () => {
    expect(findUnreadable("# note\n".repeat(2000))).toBeUndefined();
  });
});
