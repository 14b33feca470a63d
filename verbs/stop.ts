import * as z from "zod";
import { setStackConfig } from "../engine/stack-config";
import { Ledger } from "../host/ledger";
import { GroundworkError } from "../settings/errors";
import { file } from "./inputs";
import { existingWorkspace, loadProject, locateInstance, locateProject } from "./project";
import { instanceReport, reportOf, reportText } from "./report";
import { stoppingInstance } from "./steps";
import { applyPower } from "./up";
import { verb } from "./verb";

/** Stops the instance; it keeps its ports and gives its memory back. */
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
    if (!input.force) {
      return reportOf(await applyPower(context, place, loadProject(context, input.file), "stopped"));
    }
    const workspace = existingWorkspace(context, place);
    setStackConfig(workspace, ["groundwork:project", "power"], "stopped");
    context.progress(stoppingInstance(located.entry));
    await located.driver.stop(located.target, false);
    using ledger = Ledger.open(context.home);
    ledger.recordStopped(located.entry);
    return reportOf((await locateInstance(context, place)) ?? located);
  },
  text: reportText,
});
