/** What a program shows at a terminal; `terminal.py` runs it there. */

import { spawnSync } from "node:child_process";

/** `describe` where Python can open a terminal; elsewhere the whole group is skipped, and says why. */
export const describeAtTerminal: jest.Describe = hasPython()
  ? describe
  : skipSaying("there is no python3 on this host");

function hasPython(): boolean {
  return spawnSync("python3", ["-c", "import pty"]).status === 0;
}

function skipSaying(reason: string): jest.Describe {
  process.stderr.write(`skipped: ${reason}\n`);
  return describe.skip;
}

/** A terminal's variables: those of the process that runs the tests do not count. */
export const terminalEnvironment: NodeJS.ProcessEnv = {
  TERM: "xterm-256color",
  LC_ALL: "C.UTF-8",
  CI: undefined,
  NO_COLOR: undefined,
  FORCE_COLOR: undefined,
};

/** The control sequences that hide and show the cursor. */
export const cursor = { hidden: "\u001B[?25l", shown: "\u001B[?25h" };

/** Whether the cursor was hidden and is there again at the end. */
export function cursorIsBack(shown: string): boolean {
  const hidden = shown.lastIndexOf(cursor.hidden);
  return hidden !== -1 && shown.lastIndexOf(cursor.shown) > hidden;
}
