/** The file with the keys of a store: for its owner's eyes, and never written over another. */

import { openSync, readFileSync, rmSync, statSync, writeSync, closeSync } from "node:fs";
import * as z from "zod";
import { GroundworkError } from "../../settings/errors";
import type { StoreKeys } from "./openbao";

const keysSchema = z.strictObject({
  keys: z.array(z.string().min(1)).min(1),
  threshold: z.number().int().min(1),
  rootToken: z.string(),
});

/**
 * Makes a file that only its owner reads, and has it filled. The file is there before what fills it is asked for: keys that
 * could not be written down would be lost.
 *
 * @throws GroundworkError CONFIG_INVALID when there is one already
 */
export async function writeOnce<T>(file: string, fill: () => Promise<T>): Promise<T> {
  const opened = open(file);
  try {
    const content = await fill();
    writeSync(opened, `${JSON.stringify(content, undefined, 2)}\n`);
    return content;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(opened);
  }
}

function open(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const what = code === "EEXIST" ? "is there already, and is not written over" : `cannot be made (${code})`;
    throw new GroundworkError("CONFIG_INVALID", `${file} ${what}.`, { suggestion: "Name another file.", cause });
  }
}

/**
 * Reads the keys of a store.
 *
 * @throws GroundworkError CONFIG_MISSING, or CONFIG_INVALID when it holds none or others than its owner may read it
 */
export function readKeys(file: string): StoreKeys {
  const text = read(file);
  if ((statSync(file).mode & 0o077) !== 0) {
    const suggestion = `Run \`chmod 600 ${file}\`.`;
    throw new GroundworkError("CONFIG_INVALID", `${file} can be read by others than its owner.`, { suggestion });
  }
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch (cause) {
    const suggestion = "Name the file that `bin/platform secrets init` wrote.";
    throw new GroundworkError("CONFIG_INVALID", `${file} holds no keys of a store.`, { suggestion, cause });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const suggestion = "Name the file that `bin/platform secrets init` wrote.";
    throw new GroundworkError("CONFIG_MISSING", `${file} cannot be read (${code}).`, { suggestion, cause });
  }
}
