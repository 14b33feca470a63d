/** The pictures in the documentation are what their sources give. Proves nothing about what is recorded now. */

import { XMLValidator } from "fast-xml-parser";
import { formatCast, longestPauseSeconds, parseCast, withoutPauses } from "../../../tools/pictures/cast";
import { drawHouse, houseOf, readImports, withoutImplied } from "../../../tools/pictures/house";
import { shownLines } from "../../../tools/pictures/screen";
import { session } from "../../../tools/pictures/session";
import { drawCast } from "../../../tools/pictures/svg";
import { verbNames } from "../../../verbs";
import { readText, root, section, tableRows } from "../docs/markdown";

const castText = readText("docs/pictures/session.cast");
const svg = readText("docs/pictures/session.svg");

/** A recording of these texts, one each second. */
const recordingOf = (...texts: readonly string[]) => ({
  title: "a < b",
  width: 20,
  height: 3,
  events: texts.map((text, index) => [index, text] as const),
});

describe("the house", () => {
  test("is drawn in the architecture page as the imports are; `node dist/pictures.js house` draws it again", () => {
    expect(section(readText("docs/architecture.md"), "## Import arrows")).toContain(houseOf(root));
  });

  test("has no arrow that the rules do not allow", () => {
    const rows = tableRows(section(readText("docs/architecture.md"), "## Import arrows"));
    const allowed = new Map(rows.map(([folder = "", others = ""]) => [folder, others.split(", ")]));
    // What index.ts may import stands in a sentence of its own.
    const folders = Object.entries(readImports(root)).filter(([name]) => name !== "index.ts");
    for (const [folder, others] of folders) expect(allowed.get(folder)).toEqual(expect.arrayContaining([...others]));
  });

  test("leaves out an arrow that a longer way implies", () => {
    expect(withoutImplied({ a: ["b", "c"], b: ["c"], c: [] })).toEqual({ a: ["b"], b: ["c"], c: [] });
  });

  test("names a folder with a slash, and a file as it is", () => {
    expect(drawHouse({ "index.ts": ["settings"], settings: [] }).split("\n")).toEqual([
      "```mermaid",
      "flowchart TD",
      '  index["index.ts"]',
      '  settings["settings/"]',
      "  index --> settings",
      "```",
    ]);
  });
});

describe("the recorded session", () => {
  test("types the commands of its script, in order", () => {
    const output = parseCast(castText)
      .events.map(([, text]) => text)
      .join("");
    const typed = [...output.matchAll(/\$\u001B\[0m (.+)\r\n/g)].map(([, command]) => command);
    expect(typed).toEqual(session.map(({ command }) => command));
  });

  test("uses verbs that there are", () => {
    const used = session.flatMap(({ command }) => /^vagrantp (\w+)/.exec(command)?.[1] ?? []);
    expect(verbNames).toEqual(expect.arrayContaining(used));
  });

  test("shows no path of the machine it was made on", () => {
    expect(castText).not.toMatch(/\/(tmp|home|root|work|Users)\b/);
  });

  test("is what the committed picture shows; `node dist/pictures.js draw` draws it again", async () => {
    expect((await drawCast(parseCast(castText))) === svg).toBe(true);
  });

  test("is drawn as well-formed XML", () => {
    expect(XMLValidator.validate(svg)).toBe(true);
  });

  test("is shown in the README", () => {
    expect(readText("README.md")).toContain("](docs/pictures/session.svg)");
  });
});

describe("a recording", () => {
  test("is read as it was written", () => {
    const cast = recordingOf("a\r\n", "\u001B[31mred");
    expect(parseCast(formatCast(cast))).toEqual(cast);
  });

  test("is played without long pauses", () => {
    const cast = {
      ...recordingOf(),
      events: [
        [0, "a"],
        [10, "b"],
        [10.5, "c"],
      ] as const,
    };
    expect(withoutPauses(cast).events.map(([time]) => time)).toEqual([
      0,
      longestPauseSeconds,
      longestPauseSeconds + 0.5,
    ]);
  });

  test("shows each line for as long as it stands", async () => {
    const lines = await shownLines(recordingOf("one", "\rtwo", "\r\n\u001B[1;31mred"), 5);
    const shown = lines.map(({ row, from, to, runs }) => [row, from, to, runs.map(({ text }) => text).join("")]);
    expect(shown).toEqual([
      [0, 0, 1, "one"],
      [0, 1, 5, "two"],
      [1, 2, 5, "red"],
    ]);
    expect(lines.at(-1)?.runs).toEqual([{ column: 0, text: "red", colour: 1, bold: true, dim: false }]);
  });

  test("is drawn with its text escaped", async () => {
    const drawn = await drawCast(recordingOf("<&>"));
    expect(drawn).toContain("&lt;&amp;&gt;");
    expect(XMLValidator.validate(drawn)).toBe(true);
  });
});
