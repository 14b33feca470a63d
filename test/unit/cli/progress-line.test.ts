import type { WriteStream } from "node:tty";
import { createProgressLine } from "../../../cli/progress-line";

/** What is written while two steps are shown and the line is cleared. */
function written(isTTY: boolean, quiet: boolean): string {
  let text = "";
  const stream = { isTTY, write: (part: string) => (text += part) } as unknown as WriteStream;
  const line = createProgressLine(stream, quiet);
  line.show("leasing");
  line.show("creating web");
  line.clear();
  return text;
}

test("at a terminal one line is rewritten, and taken away at the end", () => {
  expect(written(true, false)).toBe("\r\u001B[Kleasing ...\r\u001B[Kcreating web ...\r\u001B[K");
});

test("elsewhere each step is a line", () => {
  expect(written(false, false)).toBe("leasing\ncreating web\n");
});

test.each([true, false])("nothing is shown where it is to be quiet (at a terminal: %s)", (isTTY) => {
  expect(written(isTTY, true)).toBe("");
});
