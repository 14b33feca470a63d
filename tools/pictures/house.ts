/** Draws the house: which folder imports which, read from the sources themselves. */

import { globSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { preProcessFile } from "typescript";

/** Folders, each with those that it imports. */
export type Imports = Readonly<Record<string, readonly string[]>>;

/** What the picture leaves out: what is built or installed, what checks and builds the house, and what it shows. */
const leftOut = ["node_modules", "dist", "coverage", "test", "tools", "examples"];

/** Reads the imports between the folders of a checkout; those of types alone and those made at run time count too. */
export function readImports(root: string): Imports {
  const files = globSync("**/*.ts", { cwd: root, exclude: (name) => leftOut.includes(name) });
  const imports = new Map<string, Set<string>>();
  for (const file of files) {
    const from = nodeOf(file);
    const found = imports.get(from) ?? new Set();
    imports.set(from, found);
    for (const { fileName } of preProcessFile(readFileSync(join(root, file), "utf8")).importedFiles) {
      if (!fileName.startsWith(".")) continue;
      const to = nodeOf(posix.join(posix.dirname(file), fileName));
      if (to !== from && !leftOut.includes(to)) found.add(to);
    }
  }
  return Object.fromEntries([...imports].sort().map(([from, found]) => [from, [...found].sort()]));
}

/** The folder at the top; a file beside the folders stands for itself. */
function nodeOf(path: string): string {
  return path.split("/")[0] ?? path;
}

/** Leaves out each arrow that a longer way implies: what is left is what there is to see. */
export function withoutImplied(imports: Imports): Imports {
  const reaches = (from: string, to: string): boolean =>
    from === to || (imports[from] ?? []).some((next) => reaches(next, to));
  const isImplied = (from: string, to: string) =>
    (imports[from] ?? []).some((other) => other !== to && reaches(other, to));
  return Object.fromEntries(
    Object.entries(imports).map(([from, found]) => [from, found.filter((to) => !isImplied(from, to))]),
  );
}

/** The picture, as Mermaid, which GitHub draws. */
export function drawHouse(imports: Imports): string {
  const id = (name: string) => name.replace(/\..*/, "");
  const nodes = Object.keys(imports).map((name) => `  ${id(name)}["${name}${name.includes(".") ? "" : "/"}"]`);
  const arrows = Object.entries(imports).flatMap(([from, found]) => found.map((to) => `  ${id(from)} --> ${id(to)}`));
  return ["```mermaid", "flowchart TD", ...nodes, ...arrows, "```"].join("\n");
}

/** The picture of a checkout. */
export function houseOf(root: string): string {
  return drawHouse(withoutImplied(readImports(root)));
}
