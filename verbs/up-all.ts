/** Brings all projects of this user on this host up, as after a reboot; each on its own. */

import { availableParallelism } from "node:os";
import pMap from "p-map";
import * as z from "zod";
import { GroundworkError } from "../settings/errors";
import { errorObject, worstExitStatus } from "./error-object";
import { findPlace, isWithoutDirectory, nameProject, pruneHint } from "./places";
import { listProjects, type KnownProject } from "./projects";
import { instanceReport } from "./report";
import { renderTable } from "./table";
import type { VerbContext } from "./verb";

/** More at once would only wait for the backend. */
const mostAtOnce = 8;

const projectResult = z.object({
  directory: z.string(),
  file: z.string(),
  stack: z.string(),
  /** `left stopped`: its user stopped it. `directory missing`: nothing was done about it. */
  result: z.enum(["changed", "unchanged", "left stopped", "directory missing", "failed"]),
  instance: instanceReport.optional(),
  warnings: z.array(z.string()),
  /** Why it failed, as the contract's error object. */
  error: errorObject.optional(),
});

/** The schema of {@link UpAllOutput}. */
export const upAllOutput = z.object({ projects: z.array(projectResult) });

/** What became of each project. */
export type UpAllOutput = z.infer<typeof upAllOutput>;

type ProjectResult = UpAllOutput["projects"][number];

/** Brings one project up; throws what stands against it. */
export type BringUp = (
  context: VerbContext,
  file: string,
) => Promise<Required<Pick<ProjectResult, "instance" | "warnings">> & { readonly changed: boolean }>;

/** Runs as many at once as there are processors, at most eight; one that fails stops no other. */
export async function upAll(context: VerbContext, bringUp: BringUp): Promise<UpAllOutput> {
  const projects = listProjects(context);
  let done = 0;
  const tell = () => context.progress({ message: "bringing projects up", current: done, total: projects.length });
  tell();
  const one = async (project: KnownProject) => {
    const result = await resultOf(context, project, bringUp);
    done += 1;
    tell();
    return result;
  };
  return { projects: await pMap(projects, one, { concurrency: Math.min(availableParallelism(), mostAtOnce) }) };
}

async function resultOf(context: VerbContext, project: KnownProject, bringUp: BringUp): Promise<ProjectResult> {
  const { directory, file, workspace, power } = project;
  const common = { directory, file, stack: workspace.stack, warnings: [] };
  if (isWithoutDirectory(findPlace(project))) return { ...common, result: "directory missing" };
  if (power === "stopped") return { ...common, result: "left stopped" };
  try {
    if (context.signal.aborted) throw notBegun();
    const quiet = { ...context, directory, progress: () => undefined };
    const { changed, instance, warnings } = await bringUp(quiet, file);
    return { ...common, result: changed ? "changed" : "unchanged", instance, warnings };
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    return { ...common, result: "failed", error: { ...error.toObject().error } };
  }
}

function notBegun(): GroundworkError {
  return new GroundworkError("ENGINE_FAILED", "Stopped at your request before this project's turn", {
    suggestion: "Run `vagrantp up --all` to go on.",
  });
}

/** The results for people: a table, then why projects failed and what mends it. */
export function upAllText({ projects }: UpAllOutput): string {
  if (projects.length === 0) return "No project was brought up on this host yet.";
  const rows = projects.map((project) => [
    project.instance?.id ?? "-",
    project.result,
    project.instance?.state ?? "-",
    nameProject(project),
  ]);
  const failures = projects.flatMap((project) =>
    project.error === undefined
      ? []
      : [`${nameProject(project)}: ${project.error.message}`, `  ${project.error.suggestion}`],
  );
  const warnings = projects.flatMap((project) => project.warnings.map((warning) => `warning: ${warning}`));
  const missing = projects.some(({ result }) => result === "directory missing") ? [pruneHint] : [];
  return [renderTable(["INSTANCE", "RESULT", "STATE", "PROJECT"], rows), ...warnings, ...failures, ...missing].join(
    "\n",
  );
}

/** The exit status of the worst of them. */
export function upAllExitStatus({ projects }: UpAllOutput): number {
  return worstExitStatus(projects);
}
