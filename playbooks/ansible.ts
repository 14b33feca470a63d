/** Runs `ansible-playbook`. */

import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";
import type { Connection } from "../settings/connection";
import { GroundworkError } from "../settings/errors";
import type { Provisioning } from "../settings/provisioning";
import { parseEvent, type PlaybookEvent } from "./events";
import { renderInventory } from "./inventory";
import { installRequirements, type RequirementsOptions } from "./requirements";

/** How Ansible is called. */
export interface AnsibleOptions extends RequirementsOptions {
  /** The folder `playbooks/plugins` of the installation. */
  readonly plugins: string;
}

/** One run. */
export interface PlaybookRun {
  readonly provisioning: Provisioning;
  /** The instance's id: the one host of the run. */
  readonly id: string;
  /** How the instance is reached. @default not at all: the run looks at the playbook alone */
  readonly connection?: Connection;
  /** More of the command line: `--check`, `--syntax-check`. @default none */
  readonly options?: readonly string[];
  /** Told what is done as it is done. @default nobody is told */
  readonly onEvent?: (event: PlaybookEvent) => void;
  /** The file that gets what Ansible prints, readable by its owner alone. @default it is returned as text */
  readonly log?: string;
  /** A folder of this user's own for files of a moment: variables are among them. */
  readonly folder: string;
  /** Aborted: Ansible is ended. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** How a run ended. */
export interface PlaybookEnded {
  readonly exitCode: number;
  /** What was printed, where it did not go to a log. */
  readonly output: string;
  readonly events: readonly PlaybookEvent[];
}

/**
 * Runs the playbook to its end, with what its `requirements.yml` names; a failing run is a result. Variables go by a file of this user's own, which is gone
 * when the first task begins: values are on no command line.
 *
 * @throws PROVIDER_NOT_AVAILABLE where Ansible is not installed; PROVISIONING_FAILED where its requirements could not be
 *   installed
 */
export async function runPlaybook(options: AnsibleOptions, run: PlaybookRun): Promise<PlaybookEnded> {
  const environment = {
    ...options.environment,
    ...(await installRequirements(options, run.provisioning.playbook)),
    ...ansibleVariables(options.plugins),
  };
  const folder = mkdtempSync(join(run.folder, "ansible-"));
  const variables = join(folder, "variables.json");
  try {
    const files = writeFiles(folder, variables, run);
    const onEvent = (event: PlaybookEvent) => {
      // Ansible has read them by now; the inventory a playbook may want read again.
      rmSync(variables, { force: true });
      run.onEvent?.(event);
    };
    return await spawnPlaybook({ ...options, environment }, { ...run, onEvent }, files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The inventory and the variables; the arguments that name them. */
function writeFiles(
  folder: string,
  variables: string,
  { id, connection, provisioning }: PlaybookRun,
): readonly string[] {
  const inventory = join(folder, "inventory.json");
  if (connection !== undefined) writeFileSync(inventory, renderInventory(id, connection), { mode: 0o600 });
  writeFileSync(variables, JSON.stringify(provisioning.variables), { mode: 0o600 });
  return [
    ...["--inventory", connection === undefined ? `${id},` : inventory],
    ...(provisioning.varsFile === undefined ? [] : ["--extra-vars", `@${provisioning.varsFile}`]),
    ...["--extra-vars", `@${variables}`],
  ];
}

async function spawnPlaybook(
  options: AnsibleOptions,
  run: PlaybookRun,
  files: readonly string[],
): Promise<PlaybookEnded> {
  const { program = "ansible-playbook" } = options;
  const log = run.log === undefined ? undefined : openSync(run.log, "w", 0o600);
  const child = spawn(program, [...files, ...(run.options ?? []), run.provisioning.playbook], {
    // Ansible reads ansible.cfg where it is started.
    cwd: dirname(run.provisioning.playbook),
    env: options.environment,
    stdio: ["ignore", log ?? "pipe", log ?? "pipe", "pipe"],
  });
  if (log !== undefined) closeSync(log);
  // As at a terminal: Ansible ends its workers.
  const end = () => child.kill("SIGINT");
  run.signal?.addEventListener("abort", end);
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.on("error", (cause) => reject(notInstalled(program, cause)));
      child.on("close", (code) => resolve(code ?? 1));
    });
    const [, stdout, stderr, told] = child.stdio as unknown as (Readable | null)[];
    const [exitCode, events, ...output] = await Promise.all([
      ended,
      collect(told, run.onEvent),
      ...[stdout, stderr].map((stream) => (stream ? text(stream) : "")),
    ]);
    run.signal?.throwIfAborted();
    return { exitCode, events, output: output.join("") };
  } finally {
    run.signal?.removeEventListener("abort", end);
  }
}

async function collect(told: Readable | null | undefined, onEvent: PlaybookRun["onEvent"]): Promise<PlaybookEvent[]> {
  const events: PlaybookEvent[] = [];
  if (!told) return events;
  for await (const line of createInterface({ input: told })) {
    const event = parseEvent(line);
    if (event === undefined) continue;
    events.push(event);
    onEvent?.(event);
  }
  return events;
}

/** What the user's ansible.cfg does not decide: how we hear of results, and that nothing asks or writes beside us. */
function ansibleVariables(plugins: string): NodeJS.ProcessEnv {
  return {
    ANSIBLE_GROUNDWORK_EVENTS: "3",
    ANSIBLE_CALLBACK_PLUGINS: join(plugins, "callback"),
    ANSIBLE_CONNECTION_PLUGINS: join(plugins, "connection"),
    ANSIBLE_STDOUT_CALLBACK: "default",
    ANSIBLE_NOCOLOR: "1",
    ANSIBLE_FORCE_COLOR: "0",
    ANSIBLE_PIPELINING: "1",
    ANSIBLE_PYTHON_INTERPRETER: "auto_silent",
    ANSIBLE_RETRY_FILES_ENABLED: "0",
    // Ansible refuses to start without UTF-8.
    LC_ALL: "C.UTF-8",
  };
}

function notInstalled(program: string, cause: unknown): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `Ansible is not installed: ${program} could not be started`, {
    suggestion: "Run `make setup`, or install it (Debian: `apt-get install ansible-core`).",
    cause,
  });
}
