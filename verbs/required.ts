/** What a verb cannot go on without. */

import { GroundworkError } from "../settings/errors";
import { locateInstance, type LocatedInstance } from "./instance";
import { locateProject, type ProjectPlace } from "./project";
import { movedHint } from "./projects";
import type { VerbContext } from "./verb";

/**
 * The project's stack.
 *
 * @throws INFRA_NOT_FOUND when it was never brought up, or is removed by now
 */
export function requireStack(context: VerbContext, place: ProjectPlace): string {
  if (place.stack !== undefined) return place.stack;
  throw notFound(context, place);
}

/** The error of a project that has no instance; where it may have been moved here, that is said. */
export function notFound(context: VerbContext, place: ProjectPlace): GroundworkError {
  const suggestion = place.stack === undefined ? movedHint(context) : undefined;
  return new GroundworkError("INFRA_NOT_FOUND", `${place.directory} has no instance`, { suggestion });
}

/** {@link locateInstance}, for verbs that need a running instance. */
export async function requireRunning(context: VerbContext, file: string | undefined): Promise<LocatedInstance> {
  const place = locateProject(context, file);
  const located = await locateInstance(context, place);
  if (located?.observation.state !== "present") throw notFound(context, place);
  if (!located.observation.properties.running) {
    throw new GroundworkError("INFRA_NOT_RUNNING", `${located.entry.id} is stopped`);
  }
  return located;
}
