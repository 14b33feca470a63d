/** Where the project is that a verb was run in, and what its settings say. */

import { findProjectStack } from "../engine/workspace";
import { hostDefaults } from "../host/backend-access";
import { readSetup } from "../host/setup-record";
import { realDirectory } from "../settings/env-file";
import { defaultFile, projectHash } from "../settings/identity";
import { readProject, type Project } from "../settings/project";
import type { VerbContext } from "./verb";

/** Where a project is, found without reading its settings. */
export interface ProjectPlace {
  /** The project's real path. */
  readonly directory: string;
  readonly file: string;
  /** The hash that its workspace and its instance's name end with. */
  readonly hash: string;
  /** Its stack. @default it was never brought up */
  readonly stack: string | undefined;
}

/** Finds the project of the directory that the user is in. */
export function locateProject(context: VerbContext, file: string = defaultFile): ProjectPlace {
  const directory = realDirectory(context.directory);
  const hash = projectHash(directory, file);
  return { directory, file, hash, stack: findProjectStack(context.home, hash) };
}

/** Reads and checks the project's settings. */
export function loadProject(context: VerbContext, file?: string): Project {
  return readProject(context.directory, { file, hostDefaults: hostDefaults(readSetup(context.home)) });
}
