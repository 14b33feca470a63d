/** What is done with a playbook: checking it, listing its tasks, running it, and trying what it would change. */

import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { GroundworkError } from "../settings/errors";
import { runPlaybook, type AnsibleOptions, type PlaybookEnded, type PlaybookRun } from "./ansible";
import { resultsOf, type TaskResult } from "./events";
import { readMistake } from "./syntax";

/** Everything of a run but what the functions here add. */
export type PlaybookTask = Omit<PlaybookRun, "options">;

/**
 * Asks Ansible whether it can read the playbook, its roles and its variables. Reaches no instance.
 *
 * @throws CONFIG_INVALID with the file and the line
 */
export async function checkSyntax(ansible: AnsibleOptions, task: Omit<PlaybookTask, "connection">): Promise<void> {
  const { exitCode, output } = await runPlaybook(ansible, { ...task, options: ["--syntax-check"] });
  if (exitCode !== 0) throw syntaxError(task, output);
}

/** The names of the playbook's tasks, in their order; what it includes while it runs is not known before. */
export async function listTasks(
  ansible: AnsibleOptions,
  task: Omit<PlaybookTask, "connection">,
): Promise<readonly string[]> {
  const { exitCode, output } = await runPlaybook(ansible, { ...task, options: ["--list-tasks"] });
  if (exitCode !== 0) throw syntaxError(task, output);
  return [...output.matchAll(/^ {6}(.+?)\tTAGS: /gm)].map(([, name = ""]) => name.trim());
}

/**
 * Runs the playbook.
 *
 * @throws PROVISIONING_FAILED with the task, the host and the log; SSH_CONNECTION_FAILED where the instance could not be
 *   reached; CONFIG_INVALID where nothing in the playbook is for the instance
 */
export async function applyPlaybook(ansible: AnsibleOptions, task: PlaybookTask): Promise<readonly TaskResult[]> {
  return judge(task, await runPlaybook(ansible, task));
}

/**
 * Tells what {@link applyPlaybook} would change, with the differences in files. Changes nothing, as far as the playbook's
 * modules keep their promise of `--check`. A task that builds on what an earlier one would have made may fail: that
 * is a result, and the last one.
 *
 * @throws as {@link applyPlaybook}, but for a task that fails
 */
export async function tryPlaybook(ansible: AnsibleOptions, task: PlaybookTask): Promise<readonly TaskResult[]> {
  const ended = await runPlaybook(ansible, { ...task, options: ["--check", "--diff"] });
  const results = resultsOf(ended.events);
  return results.at(-1)?.status === "failed" ? results : judge(task, ended);
}

/** By the results, because 2 and 4 are also the statuses of a bad option and of bad YAML. */
function judge(task: PlaybookTask, ended: PlaybookEnded): readonly TaskResult[] {
  const results = resultsOf(ended.events);
  if (ended.exitCode !== 0) throw failure(task, ended, results);
  if (results.length > 0) return results;
  throw new GroundworkError("CONFIG_INVALID", `No task of ${task.provisioning.playbook} is for ${task.id}`, {
    details: detailsOf(task),
    suggestion: `Write \`hosts: all\`, or \`hosts: ${task.id}\`, in a play that has tasks.`,
  });
}

function failure(task: PlaybookTask, { output }: PlaybookEnded, results: readonly TaskResult[]): GroundworkError {
  const unreachable = results.find(({ status }) => status === "unreachable");
  if (unreachable !== undefined) {
    const message = `${task.id} could not be reached while its playbook ran: ${unreachable.message}`;
    return new GroundworkError("SSH_CONNECTION_FAILED", message, {
      details: { ...detailsOf(task), task: unreachable.task, host: unreachable.host },
    });
  }
  const failed = results.findLast(({ status }) => status === "failed");
  if (failed === undefined) return withoutResult(task, output);
  if (lacksPython(failed.message)) return withoutPython(task, failed);
  const message = `the task "${failed.task}" failed on ${failed.host}: ${failed.message || "its result is hidden by no_log"}`;
  return new GroundworkError("PROVISIONING_FAILED", withLog(message, task), {
    details: { ...detailsOf(task), task: failed.task, host: failed.host },
  });
}

/** What a shell says of `/usr/bin/python3`, and Ansible where it has looked for one in vain. */
function lacksPython(message: string): boolean {
  return /python[\d.]*['"]?: (?:inaccessible or )?not found|No python interpreters found/i.test(message);
}

function withoutPython(task: PlaybookTask, failed: TaskResult): GroundworkError {
  const message = `${task.id} has no Python, which Ansible's modules need; the task "${failed.task}" failed`;
  return new GroundworkError("PROVISIONING_FAILED", message, {
    details: { ...detailsOf(task), task: failed.task, host: failed.host },
    suggestion:
      "Use an image with Python 3, or install it by a first play with `gather_facts: false` and an `ansible.builtin.raw` task.",
  });
}

/** Ansible gave up before any task: a bad option in ansible.cfg, a plugin that is not there. */
function withoutResult(task: PlaybookTask, output: string): GroundworkError {
  const said = task.log === undefined ? output : readFileSync(task.log, "utf8");
  return new GroundworkError("PROVISIONING_FAILED", withLog(`Ansible gave up: ${readMistake(said).message}`, task), {
    details: detailsOf(task),
  });
}

function withLog(message: string, { log }: PlaybookTask): string {
  return log === undefined ? message : `${message}\nThe log is ${log}`;
}

function detailsOf({ provisioning, log }: PlaybookTask): Record<string, string> {
  return { playbook: provisioning.playbook, ...(log === undefined ? {} : { log }) };
}

function syntaxError({ provisioning }: Omit<PlaybookTask, "connection">, output: string): GroundworkError {
  const { message, file = provisioning.playbook, line } = readMistake(output);
  return new GroundworkError("CONFIG_INVALID", `Ansible cannot read ${provisioning.playbook}`, {
    violations: [
      { key: relative(dirname(provisioning.playbook), file), message, ...(line === undefined ? {} : { line }) },
    ],
    details: { playbook: provisioning.playbook, file },
    suggestion: "Correct the file named above, then run `vagrantp validate`.",
  });
}
