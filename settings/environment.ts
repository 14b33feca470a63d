/** Variables set inside an instance. Their values are secrets: no message shows one. */

import { accepted, refused, secretProblem, type Parsed } from "./values";

/** What the name of a variable may be, in words. */
const variableAllowed = "a name of at most 255 letters, digits and _, not beginning with a digit";

const variablePattern = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** One variable's name. */
export function parseVariableName(text: string): Parsed<string> {
  if (variablePattern.test(text)) return accepted(text);
  return refused(secretProblem("is not the name of a variable", variableAllowed));
}

/**
 * One variable's value in stack config: a text, or what YAML made of one without quotes. Decimals are
 * refused, because `1.10` has already become 1.1.
 */
export function parseVariableValue(value: unknown): Parsed<string> {
  if (typeof value === "string" && !value.includes("\0")) return parseLength(value);
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return accepted(String(value));
  return refused(secretProblem("is not a text", "a text in quotes, a whole number, true or false"));
}

/** In bytes. Linux takes no longer text in a program's environment (MAX_ARG_STRLEN, execve(2)), name and `=` included. */
const longestValue = 120_000;

function parseLength(value: string): Parsed<string> {
  const length = Buffer.byteLength(value);
  if (length <= longestValue) return accepted(value);
  return refused(
    secretProblem(`has a value of ${length} bytes`, `at most ${longestValue} bytes; a file is read by VOLUMES`),
  );
}
