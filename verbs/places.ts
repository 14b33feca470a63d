/** Where a project lay when it was last brought up, and what became of that place. */

import { lstatSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { KnownProject } from "./projects";

/**
 * What became of a project's place. `out of reach`: the folder that it lay in is gone too, as when a disk is not mounted.
 */
export type Place = "there" | "directory missing" | "file missing" | "out of reach";

/** Looks for a project's directory and file. */
export function findPlace({ directory, file }: Pick<KnownProject, "directory" | "file">): Place {
  if (isMissing(dirname(directory))) return "out of reach";
  if (isMissing(directory)) return "directory missing";
  return isMissing(resolve(directory, file)) ? "file missing" : "there";
}

/** Whether nothing is at the path; what may not be looked at counts as there. */
export function isMissing(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}

/** The name of a project for people. */
export function nameProject({ directory, file }: Pick<KnownProject, "directory" | "file">): string {
  return file === ".env" ? directory : join(directory, file);
}

/** What is said where the directory of a project is missing. */
export const pruneHint = "Run `vagrantp prune` to see what projects without a directory still hold.";

/** Whether nothing can be brought up there. */
export function isWithoutDirectory(place: Place): boolean {
  return place === "directory missing" || place === "out of reach";
}
