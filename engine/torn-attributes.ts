/**
 * What a killed engine may leave beside a file of its store: attributes that are empty. The store writes them in place, and reads
 * no file whose attributes it cannot read, with `EOF` for all that it says; one without attributes it takes as it is
 * (gocloud.dev/blob/fileblob, attrs.go).
 */

import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "./backend";
import type { Workspace } from "./workspace";

/** Takes such attributes away, of all stacks in a folder on this host. @returns whether there were any */
export function removeTornAttributes({ variables }: Pick<Workspace, "variables">): boolean {
  const state = stateFolder(variables);
  if (state === undefined) return false;
  const torn = attributesIn(join(state, ".pulumi")).filter(isEmpty);
  for (const file of torn) rmSync(file, { force: true });
  return torn.length > 0;
}

function attributesIn(folder: string): readonly string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(".attrs")).map((file) => join(folder, file));
  } catch {
    return [];
  }
}

/** One that another engine has removed meanwhile is not. */
function isEmpty(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === 0;
}
