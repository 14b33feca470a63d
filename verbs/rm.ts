import * as z from "zod";
import type { Workspace } from "../engine/workspace";
import { GroundworkError } from "../settings/errors";
import { destroyStack } from "./destroy";
import { file } from "./inputs";
import { locateInstance } from "./instance";
import { locateProject, type ProjectPlace } from "./project";
import { existingWorkspace } from "./workspace";
import { stoppingInstance } from "./steps";
import { changing } from "./turn";
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
  if (force && located?.observation.state === "present") {
    context.progress(stoppingInstance(located.entry));
    await located.driver.stop(located.target, false);
  }
  await destroy(workspace, context);
  return { removed: true, ...(located === undefined ? {} : { id: located.entry.id }) };
}

async function destroy(workspace: Workspace, context: VerbContext): Promise<void> {
  try {
    await destroyStack(context, workspace, context.signal);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new GroundworkError("ENGINE_FAILED", "Stopped at your request; what is left is still promised.", {
      suggestion: "Run `vagrantp rm` to go on.",
    });
  }
}
