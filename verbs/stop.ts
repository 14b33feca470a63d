import * as z from "zod";
import { readLastUp } from "../engine/last-up";
import { setStackConfig } from "../engine/stack-config";
import { Ledger } from "../host/ledger";
import { unseal } from "../host/sealed";
import { GroundworkError } from "../settings/errors";
import type { InstanceSpec } from "../settings/instance-spec";
import { applyPower } from "./apply";
import { file } from "./inputs";
import { locateInstance, type LocatedInstance } from "./instance";
import { locateProject, type ProjectPlace } from "./project";
import { instanceReport, reportOf, reportText } from "./report";
import { stoppingInstance } from "./steps";
import { verb, type VerbContext } from "./verb";
import { existingWorkspace } from "./workspace";

/** Stops the instance; it keeps its ports and gives its memory back. What else the settings say by now is left to `up`. */
export const stop = verb({
  name: "stop",
  summary: "stop the instance; it keeps its ports and its files",
  input: z.object({
    file,
    force: z.boolean().default(false).meta({ description: "at once, and without the engine" }),
  }),
  output: instanceReport,
  changes: true,
  async run(input, context) {
    const place = locateProject(context, input.file);
    const located = await locateInstance(context, place);
    if (located === undefined) {
      throw new GroundworkError("INFRA_NOT_FOUND", `${place.directory} has no instance, so there is nothing to stop`);
    }
    const last = input.force ? undefined : readLastSpec(context, place);
    if (last !== undefined)
      return reportOf(await applyPower(context, place, last.spec, "stopped", { sealedSpec: last.sealed }));
    return reportOf(await stopPastEngine(context, place, located, !input.force));
  },
  text: reportText,
});

/** What the last successful `up` made; undefined when there was none. */
function readLastSpec(context: VerbContext, { stack }: ProjectPlace) {
  const sealed = stack === undefined ? undefined : readLastUp(context.home, stack)?.spec;
  const spec = sealed === undefined ? undefined : (unseal(context.home, sealed) as InstanceSpec | undefined);
  return sealed === undefined || spec === undefined ? undefined : { sealed, spec };
}

/** By the driver alone; the wish is recorded first, so that no later run of the engine starts the instance again. */
async function stopPastEngine(
  context: VerbContext,
  place: ProjectPlace,
  located: LocatedInstance,
  graceful: boolean,
): Promise<LocatedInstance> {
  setStackConfig(existingWorkspace(context, place), ["groundwork:project", "power"], "stopped");
  context.progress(stoppingInstance(located.entry));
  await located.driver.stop(located.target, graceful);
  using ledger = Ledger.open(context.home);
  ledger.recordStopped(located.entry);
  return (await locateInstance(context, place)) ?? located;
}
