/**
 * Which keys of an application's own look like a mistyped key of ours.
 *
 * The rule, on the key in upper case with `-` and `.` read as `_`:
 * 1. It is one of ours then: a near miss (`memory`, `DISK-SIZE`).
 * 2. It is on the short list of keys that applications really use: left alone.
 * 3. Two neighbouring characters are swapped (`MEMROY`): a near miss.
 * 4. One character is added, missing or wrong, and our key has at least 4: a near miss (`MEMORRY`).
 * 5. Two are, our key has at least 9 and the first character is the same: a near miss (`IP_ADRES`).
 */

import { distance } from "fastest-levenshtein";
import { settingKeys, variablePrefix } from "./keys";

const ourKeys = settingKeys.map((key) => key.name).filter((name) => !name.endsWith("*"));

/** Keys one letter away from ours that applications really use. */
const commonKeys: ReadonlySet<string> = new Set([
  "PORT",
  "CPU",
  "GPUS",
  "IMAGES",
  "VOLUME",
  "POSTS",
  "PROVIDERS",
  "COMMANDS",
  "SSL_KEY",
  "SSO_USER",
  "INFURA_ID",
]);

/** Our key that this one nearly is, by the rule above; undefined where it is the application's own. */
export function findNearMiss(key: string): string | undefined {
  const name = key.toUpperCase().replace(/[-.]/g, "_");
  if (name.startsWith(variablePrefix)) return name;
  if (ourKeys.some((ours) => ours === name)) return name;
  if (commonKeys.has(name)) return undefined;
  return ourKeys.find((ours) => isNear(name, ours));
}

/** The nearest of the known words, however far it is; undefined where none is known. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  return [...known].sort((left, right) => distance(word, left) - distance(word, right))[0];
}

function isNear(name: string, ours: string): boolean {
  if (isSwapped(name, ours)) return true;
  const edits = distance(name, ours);
  return (edits === 1 && ours.length >= 4) || (edits === 2 && ours.length >= 9 && name[0] === ours[0]);
}

function isSwapped(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  const index = left.split("").findIndex((character, position) => character !== right[position]);
  return left.slice(0, index) + left.charAt(index + 1) + left.charAt(index) + left.slice(index + 2) === right;
}
