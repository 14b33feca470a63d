/** How the fuzz tests run: the same files at every run, or others by GROUNDWORK_FUZZ_SEED, and a count of what they met. */

import fc from "fast-check";
import { GroundworkError, type ErrorObject } from "../../../../settings/errors";

/** GROUNDWORK_FUZZ_SEED: a number, or `random`. The seed is printed; fast-check prints the path to a failing file. */
export const seed = chooseSeed(process.env["GROUNDWORK_FUZZ_SEED"]);

function chooseSeed(given: string | undefined): number {
  if (given === "random") return Math.floor(Math.random() * 2 ** 31);
  return given === undefined ? 20_260_704 : Number(given);
}

/** Runs the property on this many generated inputs. */
export function forAll<T>(inputs: fc.Arbitrary<T>, count: number, property: (input: T) => void): void {
  fc.assert(fc.property(inputs, property), { seed, numRuns: count });
}

/** How many inputs of each kind were accepted and refused. */
export class Tally {
  private readonly counts = new Map<string, { accepted: number; refused: number }>();

  constructor(private readonly what: string) {}

  /** Counts one answer. */
  add(kind: string, answer: Answer<unknown>): void {
    const count = this.of(kind);
    if (answer.error === undefined) count.accepted += 1;
    else count.refused += 1;
    this.counts.set(kind, count);
  }

  /** The counts of one kind. */
  of(kind: string): { accepted: number; refused: number } {
    return this.counts.get(kind) ?? { accepted: 0, refused: 0 };
  }

  /** Says what was met. */
  print(): void {
    const kinds = [...this.counts].map(([kind, { accepted, refused }]) => `${kind} ${accepted} + ${refused}`);
    process.stderr.write(`${this.what}, seed ${seed}, accepted + refused: ${kinds.join(", ")}\n`);
  }
}

/** What reading gave: a value or the one kind of error; anything else that is thrown fails the test. */
export type Answer<T> =
  { readonly value: T; readonly error?: undefined } | { readonly value?: undefined; readonly error: GroundworkError };

/** Reads twice, and fails unless both answers are the same. */
export function answerOf<T>(read: () => T): Answer<T> {
  const [first, second] = [once(read), once(read)];
  expect(plain(second)).toBe(plain(first));
  return first;
}

function once<T>(read: () => T): Answer<T> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof GroundworkError) return { error };
    throw error;
  }
}

function plain({ value, error }: Answer<unknown>): string {
  return JSON.stringify(value ?? error?.toObject());
}

/** The longest error that a person is shown, in characters. */
const longestText = 64 * 1024;

/** Control characters that would do something at a terminal; tabs and line ends are none. */
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/;

/** Fails unless the error is one that a person can act on: short, readable, each violation with what is allowed. */
export function expectReadable(error: GroundworkError): void {
  const text = error.toText();
  expect(error.code).toBe("CONFIG_INVALID");
  expect(text.length).toBeLessThan(longestText);
  expect(text).not.toMatch(control);
  expect(error.suggestion).not.toBe("");
  expect(error.violations).not.toEqual([]);
  for (const { message } of error.violations) expect(message).toMatch(/allowed: ./);
  // A violation is one line, so that its place can be trusted.
  const lines = text.split("\n");
  expect(lines).toHaveLength(error.violations.length + 2);
}

/** All that an error says anywhere, to people and to programs. */
export function allOf(error: GroundworkError): string {
  const object: ErrorObject = error.toObject();
  return `${JSON.stringify(object)}${error.toText()}${String(error.stack)}${String(error.cause)}`;
}
