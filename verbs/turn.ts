/** A project is changed by one run at a time; the others wait. */

import { beginRun, endRun, inTurn, type TurnOptions } from "../host/turns";
import { GroundworkError } from "../settings/errors";
import { locateProject, type ProjectPlace } from "./project";
import type { VerbContext } from "./verb";

/**
 * Does the work when no other run changes the project. What the project looked like before may be
 * out of date by then, so the work is given its place anew.
 *
 * @throws LOCKED when another run still changes it after a quarter of an hour; ENGINE_FAILED when the user stops waiting
 */
export async function changing<T>(
  context: VerbContext,
  place: ProjectPlace,
  verb: string,
  work: (place: ProjectPlace) => Promise<T>,
): Promise<T> {
  const run = { project: place.hash, verb };
  try {
    await inTurn(() => beginRun(context.home, run), { signal: context.signal, onWait: tellWaiting(context) });
  } catch (error) {
    throw context.signal.aborted ? stoppedWaiting(verb) : error;
  }
  try {
    return await work(locateProject(context, place.file));
  } finally {
    endRun(context.home, run);
  }
}

/** Says for whom a run waits. */
export function tellWaiting(context: VerbContext): NonNullable<TurnOptions["onWait"]> {
  return (error) => context.progress({ message: `waiting: ${error.message}` });
}

function stoppedWaiting(verb: string): GroundworkError {
  return new GroundworkError("ENGINE_FAILED", "Stopped at your request, while another run was waited for.", {
    suggestion: `Run \`vagrantp ${verb}\` to go on.`,
  });
}
