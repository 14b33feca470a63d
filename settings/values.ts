/**
 * What every grammar of a value answers: the value, or all that is wrong with the text. The
 * caller adds the key and the line, so `.env` files and stack config give the same messages.
 */

import type { Violation } from "./errors";

/** One thing wrong with a value, before it is known where the value stands. */
export type Problem = Pick<Violation, "message" | "got" | "allowed">;

/** The outcome of reading one value. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

/** The text means this value. */
export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The text means nothing: one problem, or several found together. */
export function refused(...problems: readonly Problem[]): Parsed<never> {
  return { ok: false, problems };
}

/** The value where nothing is wrong, else the problems. */
export function acceptedUnless<T>(problems: readonly Problem[], value: T): Parsed<T> {
  return problems.length === 0 ? accepted(value) : { ok: false, problems };
}

/**
 * What, got and allowed as one sentence.
 *
 * @param got as the user wrote it. Never a secret: use {@link secretProblem} for those.
 */
export function problem(got: string, what: string, allowed: string): Problem {
  const shown = quote(got);
  return { message: `${shown} ${what}; allowed: ${allowed}.`, got: shorten(got), allowed };
}

/** Like {@link problem}, without showing what was given. */
export function secretProblem(what: string, allowed: string): Problem {
  return { message: `${what}; allowed: ${allowed}.`, allowed };
}

/** The text in double quotes on one line, control characters escaped, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text)).replace(/[\u007f-\u009f\u2028\u2029]/g, escapeCharacter);
}

/** The entries of a comma-separated list, without the spaces around them. An empty text has none. */
export function splitList(text: string): string[] {
  return text.trim() === "" ? [] : text.split(",").map((entry) => entry.trim());
}

/** More than these nobody reads: a file with so many mistakes is another kind of file. */
const mostViolations = 50;

/** What is wrong as a sentence that counts it, and the first 50 violations. `subject` has the mistakes. */
export function tellMistakes(
  subject: string,
  violations: readonly Violation[],
): { readonly message: string; readonly violations: readonly Violation[] } {
  const { length } = violations;
  const count = length === 1 ? "one mistake" : `${String(length)} mistakes`;
  const rest = length > mostViolations ? `; these are the first ${String(mostViolations)}` : "";
  return { message: `${subject} has ${count}${rest}.`, violations: violations.slice(0, mostViolations) };
}

const longestShown = 80;

/** The text, cut where it is long. */
export function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
