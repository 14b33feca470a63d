/** A hash of the sources that the program was built from, the same wherever they were built. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../../settings/canonical-json";
import { GroundworkError } from "../../settings/errors";
import { sha256 } from "./manifest";

/**
 * Of the build's stamp the names and the hashes of the files; sizes say no more, and times differ from clone to clone.
 *
 * @param directory the checkout
 * @throws ENGINE_FAILED when it is not built
 */
export function programHash(directory: string): string {
  const stamp = readStamp(join(directory, "dist", "stamp.json"));
  return sha256(canonicalJson(Object.entries(stamp).map(([source, [, , hash]]) => [source, hash])));
}

function readStamp(file: string): Readonly<Record<string, readonly [size: number, mtimeMs: number, hash: string]>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ReturnType<typeof readStamp>;
  } catch (cause) {
    const suggestion = "Run `make build`.";
    throw new GroundworkError("ENGINE_FAILED", "There is no complete build.", { cause, suggestion });
  }
}
