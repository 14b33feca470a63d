/** The program that an instance runs, split into its arguments. No shell is involved. */

import { accepted, problem, refused, type Parsed } from "./values";

/** What COMMAND may be, in words. */
export const commandAllowed =
  "a program and its arguments, in quotes where they hold spaces; for a shell's syntax: sh -c '…'";

/** A command line as arguments. Empty means the image's own command. */
export function parseCommand(text: string): Parsed<string[]> {
  if (/[^\w\s./:=@%+,-]/.test(text)) {
    return refused(problem(text, "holds characters that only a shell reads", commandAllowed));
  }
  return accepted(text.split(/\s+/).filter((word) => word !== ""));
}
