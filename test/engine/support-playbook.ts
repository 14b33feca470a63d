/** Projects with a playbook. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { spawnSync } from "node:child_process";
import { describeWithEngine, hostSetup, skipSaying, type Sandbox } from "../support/sandbox";

const ansible = hostSetup?.ansible?.path ?? "ansible-playbook";

/** `describe` where Ansible can be used besides; elsewhere the group is skipped, and says why. */
export const describeWithAnsible: jest.Describe =
  spawnSync(ansible, ["--version"]).status === 0 ? describeWithEngine : skipSaying(`${ansible} does not run`);

/** Settings of a small container that does nothing, with a playbook. */
export const provisioned = ["MEMORY=512", "CPUS=1", "COMMAND=sleep infinity", "PROVISIONING_PLAYBOOK=site.yml"];

/** Writes files below a directory. */
export function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
}

/** A playbook of tasks, each as YAML in flow style. */
export function playbook(...tasks: readonly string[]): string {
  return ["- hosts: all", "  gather_facts: false", "  tasks:", ...tasks.map((task) => `    - ${task}`), ""].join("\n");
}

/** A task that writes a line to a file inside. */
export function writing(name: string, path: string, line: string): string {
  return `{name: ${name}, copy: {content: "${line}\\n", dest: ${path}}}`;
}

/** What the last run of a project's playbook printed. */
export function logOf(sandbox: Sandbox, id: string): string {
  const stack = readdirSync(sandbox.home.projectsDirectory).find((name) => name.startsWith(`${id}-`))!;
  const folder = join(sandbox.home.projectsDirectory, stack);
  const log = readdirSync(folder).find((name) => name.endsWith(".log"));
  return log === undefined ? "" : readFileSync(join(folder, log), "utf8");
}

/** The content of a file inside. */
export async function inside(sandbox: Sandbox, directory: string, path: string): Promise<string> {
  return (await sandbox.vagrantp(directory, "exec", "cat", path)).stdout;
}
