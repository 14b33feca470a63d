/** What `up` would do with the playbook, beside what it would do with the instance. */

import { relative } from "node:path";
import * as z from "zod";
import type { InstanceSpec } from "../settings/instance-spec";
import type { LocatedInstance } from "./instance";
import { digestOf, tasksOf, tryOn } from "./playbook";
import type { VerbContext } from "./verb";

/** The schema of {@link PlaybookPreview}. */
export const playbookPreview = z.object({
  /** Relative to the project's directory. */
  path: z.string(),
  /**
   * `unchanged`: it was applied as it stands, and `up` leaves it alone. `tried`: Ansible has tried it on the instance.
   * `listed`: all its tasks would run, on an instance that is still to be made or started.
   */
  state: z.enum(["unchanged", "tried", "listed"]),
  tasks: z
    .array(
      z.object({
        task: z.string(),
        /** `would run` of a task that was not tried; of others how trying it ended. */
        status: z.enum(["would run", "ok", "changed", "skipped", "ignored", "failed", "unreachable"]),
        message: z.string(),
        /** What would change in files, a unified diff. */
        diff: z.string(),
      }),
    )
    .readonly(),
});

/** What `up` would do with the playbook. */
export type PlaybookPreview = z.infer<typeof playbookPreview>;

/**
 * Tries the playbook on an instance that runs, and lists its tasks for any other.
 *
 * @param kept the instance, where `up` would keep its files. @default there is none
 * @returns undefined where the settings name no playbook
 */
export async function previewPlaybook(
  context: VerbContext,
  spec: InstanceSpec,
  kept: LocatedInstance | undefined,
): Promise<PlaybookPreview | undefined> {
  const { provisioning } = spec;
  if (provisioning === undefined) return undefined;
  const path = relative(context.directory, provisioning.playbook);
  if (kept !== undefined && kept.entry.playbook === digestOf(context, spec)) {
    return { path, state: "unchanged", tasks: [] };
  }
  if (kept === undefined || !isRunning(kept)) {
    const tasks = await tasksOf(context, spec.id, provisioning);
    return {
      path,
      state: "listed",
      tasks: tasks.map((task) => ({ task, status: "would run", message: "", diff: "" })),
    };
  }
  const results = await tryOn(context, kept, provisioning);
  return {
    path,
    state: "tried",
    tasks: results.map(({ task, status, message, diff }) => ({ task, status, message, diff })),
  };
}

function isRunning({ observation }: LocatedInstance): boolean {
  return observation.state === "present" && observation.properties.running;
}

/** The preview for people. */
export function playbookText(id: string, { path, state, tasks }: PlaybookPreview): string {
  const title = `${id}: playbook ${path}`;
  if (state === "unchanged") return `${title}: unchanged since it was applied, so it would not run`;
  if (state === "listed") return [`${title}: all tasks would run`, ...tasks.map(({ task }) => `  ${task}`)].join("\n");
  const told = tasks.filter(({ status }) => status === "changed" || status === "failed");
  const changing = tasks.filter(({ status }) => status === "changed").length;
  return [`${title}: ${changing} of ${tasks.length} tasks would change something`, ...told.map(taskText)].join("\n");
}

/** With its diff; or one that cannot be tried before those that it builds on have run. */
function taskText({ task, status, message, diff }: PlaybookPreview["tasks"][number]): string {
  const title = status === "failed" ? `  ${task}: cannot be tried: ${message}` : `  ${task}`;
  return [title, ...diffLines(diff)].join("\n");
}

/** A diff for people, below what it is of. */
export function diffLines(diff: string): readonly string[] {
  return diff.split("\n").flatMap((line) => (line.trim() === "" ? [] : [`    ${line}`]));
}
