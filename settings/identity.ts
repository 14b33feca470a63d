/** Who an instance is: ids, the names made from them, and the hashes that keep equal ids apart. */

import { createHash } from "node:crypto";
import { basename, relative, resolve } from "node:path";
import { accepted, problem, refused, type Parsed } from "./values";

/** The file that a project's settings are read from where no other is named. */
export const defaultFile = ".env";

const longestId = 40;
/** RFC 1123, section 2.1: a label may begin with a digit and has at most 63 characters. */
const longestLabel = 63;
const labelPattern = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** What INFRA_ID may be, in words. */
export const idAllowed = "a host name of 1 to 40 characters a-z, 0-9 and -, with no - at either end (my-app)";
const nameAllowed = "a host name of 1 to 63 characters a-z, 0-9 and -, with no - at either end";

/** An instance's id: an RFC 1123 label in lower case, at most 40 characters. */
export function parseId(text: string): Parsed<string> {
  return parseLabel(text, longestId, idAllowed);
}

/** A name at the backend: like an id, at most 63 characters, because a hash may follow the id. */
export function parseName(text: string): Parsed<string> {
  return parseLabel(text, longestLabel, nameAllowed);
}

function parseLabel(text: string, longest: number, allowed: string): Parsed<string> {
  if (labelPattern.test(text) && text.length <= longest) return accepted(text);
  const near = toLabel(text);
  const hint = near === "" ? "" : ` (${near} would be)`;
  return refused(problem(text, `is not a host name${hint}`, allowed));
}

/**
 * The id of a project whose file names none: the directory's name in lower case, each run of other
 * characters replaced by one `-`, at most 40 characters. `My App` becomes `my-app`.
 *
 * @returns undefined where nothing is left, as with `项目`
 */
export function idFromDirectory(directory: string): string | undefined {
  const label = toLabel(basename(directory));
  return label === "" ? undefined : label;
}

function toLabel(text: string): string {
  const dashed = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return trimDashes(trimDashes(dashed).slice(0, longestId));
}

function trimDashes(text: string): string {
  return text.replace(/^-|-$/g, "");
}

/**
 * What tells two projects of the same name apart: the first 6 hex digits of the SHA-256 of the
 * project's path, followed by a NUL and the file's path where the file is not `.env`.
 *
 * @param directory the project's real path, as `readProject` returns it
 * @param file absolute, or relative to the directory. @default .env
 */
export function projectHash(directory: string, file: string = defaultFile): string {
  const named = relative(directory, resolve(directory, file));
  return shortHash(named === defaultFile ? directory : `${directory}\0${named}`);
}

/** What tells equal ids of two stacks apart: the first 6 hex digits of the SHA-256 of the stack's name. */
export function stackHash(stack: string): string {
  return shortHash(stack);
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}
