/** Edits a stack's configuration file, `Pulumi.<stack>.yaml`, and keeps its comments. */

import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isNode, isScalar, parseDocument, type Document } from "yaml";
import { GroundworkError } from "../settings/errors";
import type { Workspace } from "./workspace";

/** Which stack is meant: the folder with Pulumi.yaml, and its name. */
type Place = Pick<Workspace, "directory" | "stack">;

/** The path of the configuration file of a workspace's stack. */
export function stackConfigFile({ directory, stack }: Place): string {
  return join(directory, `Pulumi.${stack}.yaml`);
}

/** One value of the configuration, as JSON has it; undefined when it is not set. @throws CONFIG_INVALID when the file is not YAML */
export function getStackConfig(workspace: Place, path: readonly string[]): unknown {
  const { document } = readDocument(stackConfigFile(workspace));
  const found: unknown = document.getIn(["config", ...path]);
  return isNode(found) ? found.toJS(document) : found;
}

/** The whole configuration as it stands there, secrets encrypted; empty where there is none. @throws CONFIG_INVALID when the file is not YAML */
export function readStackConfig(workspace: Place): Readonly<Record<string, unknown>> {
  const whole = readDocument(stackConfigFile(workspace)).document.toJS() as { config?: Record<string, unknown> } | null;
  return whole?.config ?? {};
}

/**
 * Sets one value of the configuration; the file is written only when that changes it, and whole or not at all.
 *
 * @param path keys below `config`, e.g. `["groundwork:instances", "web"]`
 */
export function setStackConfig(workspace: Workspace, path: readonly string[], value: unknown): void {
  const file = stackConfigFile(workspace);
  const { before, document } = readDocument(file);
  setIn(document, ["config", ...path], value);
  const after = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  if (after === before) return;
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600;
  writeFileSync(`${file}.new`, after, { mode });
  renameSync(`${file}.new`, file);
}

function readDocument(file: string): { readonly before: string; readonly document: Document } {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const document = parseDocument(before);
  if (document.errors.length > 0) throw notYaml(file, document);
  return { before, document };
}

/** Sets a value; a text in a text's place keeps the comment beside it. */
function setIn(document: Document, path: readonly string[], value: unknown): void {
  const present = document.getIn(path, true);
  if (isScalar(present) && typeof value !== "object") {
    present.value = value;
    return;
  }
  // A key without a value, such as `config:` alone, takes no key below it.
  const config = document.get("config", true);
  if (isScalar(config) && config.value === null) document.delete("config");
  document.setIn(path, document.createNode(value));
}

function notYaml(file: string, document: Document): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", `${file} is not YAML; nothing was written`, {
    violations: document.errors.map((error) => ({
      message: error.message.split("\n")[0] ?? error.message,
      ...(error.linePos === undefined ? {} : { line: error.linePos[0].line }),
    })),
    suggestion: `Correct ${file}, then run the same command again.`,
  });
}
