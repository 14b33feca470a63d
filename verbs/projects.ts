/** Every project that this user brought up on this host, as its workspace tells. */

import { existsSync, readdirSync } from "node:fs";
import * as z from "zod";
import { getStackConfig } from "../engine/stack-config";
import { projectWorkspace, requireSetup, type Workspace } from "../engine/workspace";
import { readSetup } from "../host/setup-record";
import type { Power } from "../settings/instance-spec";
import { findPlace, isWithoutDirectory, nameProject } from "./places";
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
