/** Edits a stack's configuration file, `Pulumi.<stack>.yaml`, and keeps its comments. */

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Workspace } from "./workspace";

/** The path of the configuration file of a workspace's stack. */
export function stackConfigFile({ directory, stack }: Workspace): string {
  return join(directory, `Pulumi.${stack}.yaml`);
}

/**
 * Sets one value of the configuration; the file is written only when that changes it, and whole or not at all.
 *
 * @param path keys below `config`, e.g. `["groundwork:instances", "web"]`
 */
export function setStackConfig(workspace: Workspace, path: readonly string[], value: unknown): void {
  const file = stackConfigFile(workspace);
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const document = parseDocument(before);
  document.setIn(["config", ...path], document.createNode(value));
  const after = document.toString({ lineWidth: 0 });
  if (after === before) return;
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600;
  writeFileSync(`${file}.new`, after, { mode });
  renameSync(`${file}.new`, file);
}
