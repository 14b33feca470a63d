/** The store beside a state in a folder: a file for each key. */

import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { assertKey } from "./keys";
import type { Storage, WriteOptions } from "./storage";

/** Where a file is written before it gets its name. */
const drafts = ".drafts";

/** Files in one folder, which need not be there yet; readable by their owner alone. */
export class FolderStorage implements Storage {
  constructor(private readonly folder: string) {}

  async read(key: string): Promise<Buffer | undefined> {
    return await ifThere(() => readFile(this.fileOf(key)));
  }

  async write(key: string, content: string | Buffer, { onlyIfAbsent = false }: WriteOptions = {}): Promise<boolean> {
    const file = this.fileOf(key);
    const draft = join(this.folder, drafts, randomUUID());
    for (const path of [draft, file]) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, content, { mode: 0o600, flush: true });
    try {
      if (onlyIfAbsent) return await linkIfAbsent(draft, file);
      await rename(draft, file);
      return true;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const entries = await ifThere(() => readdir(this.folder, { recursive: true, withFileTypes: true }));
    return (entries ?? [])
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .filter((key) => key.startsWith(prefix) && !key.startsWith(`${drafts}/`))
      .sort();
  }

  async remove(key: string): Promise<void> {
    await rm(this.fileOf(key), { force: true });
  }

  private fileOf(key: string): string {
    assertKey(key);
    return join(this.folder, key);
  }
}

/** Gives a file a second name, unless another file has that. */
async function linkIfAbsent(file: string, name: string): Promise<boolean> {
  try {
    await link(file, name);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
