import * as z from "zod";
import { hostCapacity } from "../host/capacity";
import { GroundworkError } from "../settings/errors";
import type { InstanceReport } from "../settings/instance-report";
import { hostReport, hostReportOf, hostReportText } from "./host-report";
import { file } from "./inputs";
import { locateInstance } from "./instance";
import { loadProject, locateProject } from "./project";
import { instanceReport, reportOf, reportText } from "./report";
import { surveyHost } from "./survey";
import { verb, type VerbContext } from "./verb";

/** Shows the project's instance, straight from the backend and the ledger. */
export const status = verb({
  name: "status",
  summary: "show the instance, its state and its ports",
  input: z.object({
    file,
    all: z.boolean().default(false).meta({ description: "everything of yours on this host, and what it uses" }),
  }),
  output: z.union([instanceReport, hostReport]),
  changes: false,
  async run(input, context) {
    if (input.all) return hostReportOf(await surveyHost(context, { withUsage: true }), hostCapacity());
    const place = locateProject(context, input.file);
    const located = await locateInstance(context, place);
    return located === undefined ? neverMade(context, input.file) : reportOf(located);
  },
  text: (output) => ("host" in output ? hostReportText(output) : reportText(output)),
});

/** Nothing is promised to the project, so only its settings can say what it would be. */
function neverMade(context: VerbContext, file: string | undefined): InstanceReport {
  try {
    const { id, name, type, backend } = loadProject(context, file).spec;
    return { id, name, type, backend, state: "not_created", ports: [], login: [] };
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    throw new GroundworkError(error.code, error.message, error);
  }
}
