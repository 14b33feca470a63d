import { rmSync } from "node:fs";
import { z } from "zod";
import * as engine from "../engine/operations";
import type { Workspace } from "../engine/workspace";
import { GroundworkError } from "../settings/errors";
import { file } from "./inputs";
import { existingWorkspace, locateInstance, locateProject, type ProjectPlace } from "./project";
import { tellSteps } from "./steps";
import { changing, tellWaiting } from "./turn";
import { verb, type VerbContext } from "./verb";

/** Removes the instance and gives back all that was promised to it. */
export const rm = verb({
  name: "rm",
  summary: "remove the instance and give back its ports and memory",
  input: z.object({
    file,
    force: z.boolean().default(false).meta({ description: "at once: the program inside gets no time to end" }),
  }),
  output: z.object({ removed: z.boolean(), id: z.string().optional() }),
  changes: true,
  async run(input, context) {
    const place = locateProject(context, input.file);
    if (place.stack === undefined) return { removed: false };
    return changing(context, place, "rm", (current) => remove(context, current, input.force));
  },
  text({ removed, id }) {
    return removed ? `${id ?? "The instance"} is removed.` : "There is nothing to remove.";
  },
});

interface Removal {
  readonly removed: boolean;
  readonly id?: string;
}

async function remove(context: VerbContext, place: ProjectPlace, force: boolean): Promise<Removal> {
  if (place.stack === undefined) return { removed: false };
  const workspace = existingWorkspace(context, place);
  const located = await locateInstance(context, place);
  if (force && located?.observation.state === "present") await located.driver.stop(located.target, false);
  if (engine.stackExists(workspace)) {
    context.progress({ message: "starting the engine" });
    await destroy(workspace, context);
  }
  rmSync(workspace.directory, { recursive: true, force: true });
  return { removed: true, ...(located === undefined ? {} : { id: located.entry.id }) };
}

async function destroy(workspace: Workspace, context: VerbContext): Promise<void> {
  try {
    await engine.destroy(workspace, {
      signal: context.signal,
      onEvent: tellSteps(context),
      onWait: tellWaiting(context),
    });
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new GroundworkError("ENGINE_FAILED", "Stopped at your request; what is left is still promised.", {
      suggestion: "Run `vagrantp rm` to go on.",
    });
  }
}
