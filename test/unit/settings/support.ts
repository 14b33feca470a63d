import { describeViolation } from "../../../settings/errors";
import type { InstanceSpec } from "../../../settings/instance-spec";
import { parseProject, type Project, type ProjectContext } from "../../../settings/project";
import { refusalOf } from "../../support/refusal";

/** A project at a path that no test reads. */
export const context: ProjectContext = {
  directory: "/srv/projects/my-app",
  home: "/home/ada",
  hostDefaults: { image: "localhost/groundwork:1", box: "groundwork/debian" },
};

export function parse(text: string, changes: Partial<ProjectContext> = {}): Project {
  return parseProject(text, { ...context, ...changes });
}

export function specOf(text: string, changes: Partial<ProjectContext> = {}): InstanceSpec {
  return parse(text, changes).spec;
}

/** The violations as people read them. */
export function mistakesIn(text: string, changes: Partial<ProjectContext> = {}): string[] {
  return refusalOf(() => parse(text, changes)).violations.map(describeViolation);
}
