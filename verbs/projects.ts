/** Every project that this user brought up on this host, as its workspace tells. */

import { existsSync, lstatSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { getStackConfig } from "../engine/stack-config";
import { projectWorkspace, requireSetup, type Workspace } from "../engine/workspace";
import { readSetup } from "../host/setup-record";
import type { Power } from "../settings/instance-spec";
import type { VerbContext } from "./verb";

/** A project that has a workspace. */
export interface KnownProject {
  readonly workspace: Workspace;
  /** The project's real path, when it was last brought up. */
  readonly directory: string;
  readonly file: string;
  /** What its user asked for last. */
  readonly power: Power;
}

const recorded = z.object({ directory: z.string(), file: z.string(), power: z.enum(["running", "stopped"]) });

/** The projects by the names of their stacks; a workspace that holds no settings yet is left out. */
export function listProjects(context: VerbContext): KnownProject[] {
  const { home, installation } = context;
  if (!existsSync(home.projectsDirectory)) return [];
  const setup = requireSetup(readSetup(home), installation);
  return readdirSync(home.projectsDirectory)
    .sort()
    .flatMap((stack) => {
      const workspace = projectWorkspace(home, installation, setup, stack);
      const read = (key: string) => getStackConfig(workspace, ["groundwork:project", key]);
      const { data } = recorded.safeParse({ directory: read("directory"), file: read("file"), power: read("power") });
      return data === undefined ? [] : { workspace, ...data };
    });
}

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

/**
 * Where to look for the instance of a directory that has none: it may be that of a project that is gone, moved here.
 *
 * @returns a sentence; undefined where the directory of every project is there
 */
export function movedHint(context: VerbContext): string | undefined {
  const gone = listProjects(context).filter((project) => isWithoutDirectory(findPlace(project)));
  const [first, ...others] = gone.map(nameProject);
  if (first === undefined) return undefined;
  const rest = others.length === 0 ? "" : ` and ${others.length} more`;
  return `If this project was ${first}${rest}, which had an instance, move it back there; \`vagrantp prune\` shows what is left.`;
}
