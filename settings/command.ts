/** The program that an instance runs, split into its arguments. No shell is involved. */

import parse, { type ParseEntry } from "shell-quote/parse";
import { accepted, problem, refused, type Parsed } from "./values";

/** What COMMAND may be, in words. */
export const commandAllowed =
  "a program and its arguments, in quotes where they hold spaces or a shell's characters; for a shell: sh -c '…'";

const longestCommand = 32 * 1024;

/** Texts whose quotes all close; shell-quote drops one that does not. */
const closedPattern = /^(?:[^\\'"]|\\[^]|'[^']*'|"(?:[^\\"]|\\[^])*")*$/;
/**
 * A backtick, or the `$'` of Bash's own quotes, outside single quotes and not escaped: shell-quote takes the one for a
 * letter and reads the other.
 */
const foreignPattern =
  /^(?:[^\\'"`$]|\$(?!')|\\[^]|'[^']*'|"(?:[^\\"`$]|\$(?!')|\\[^])*")*(?:"(?:[^\\"`$]|\$(?!')|\\[^])*)?(`|\$')/;

/**
 * A command line as arguments, by a shell's rules of quoting. Empty means the image's own command.
 * What a shell would replace or act on is refused, because nothing would.
 */
export function parseCommand(text: string): Parsed<string[]> {
  if (text.length > longestCommand) return refused(problem(text, "is longer than 32 KiB", commandAllowed));
  if (!closedPattern.test(text)) {
    return refused(problem(text, "has a quote that does not close, or ends in a backslash", commandAllowed));
  }
  const foreign = foreignPattern.exec(text)?.[1];
  const words = foreign === undefined ? split(text) : [];
  const shown = foreign ?? words.map(showForeign).find((one) => one !== undefined);
  if (shown !== undefined) {
    return refused(problem(shown, "is for a shell, and no shell reads the command", commandAllowed));
  }
  return accepted(words.filter((word) => typeof word === "string"));
}

type Word = ParseEntry | { readonly variable: string };

function split(text: string): Word[] {
  try {
    return parse<{ readonly variable: string }>(text, (name) => ({ variable: `$${name}` }));
  } catch {
    // shell-quote throws where `${` does not close or names nothing.
    return [{ variable: "${" }];
  }
}

function showForeign(word: Word): string | undefined {
  if (typeof word === "string") return undefined;
  if ("variable" in word) return word.variable;
  if ("comment" in word) return `#${word.comment}`;
  return word.op === "glob" ? word.pattern : word.op;
}
