/** What verbs do with a project's playbook: finding out whether it was applied, checking it, trying it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendAccess } from "../host/backend-access";
import type { AnsibleOptions } from "../playbooks/ansible";
import { playbookDigest } from "../playbooks/content";
import type { TaskResult } from "../playbooks/events";
import { checkSyntax, listTasks, tryPlaybook } from "../playbooks/playbook";
import { GroundworkError, type Violation } from "../settings/errors";
import type { InstanceSpec } from "../settings/instance-spec";
import { parseVariables, type Provisioning } from "../settings/provisioning";
import type { LocatedInstance } from "./instance";
import type { VerbContext } from "./verb";

/** What `up` is told about the playbook besides the settings. */
export interface PlaybookWishes {
  /** True: it is applied though nothing has changed. False: it is left alone. @default it is applied when it has changed */
  readonly provision?: boolean | undefined;
  /** Variables that win over those of the settings: a comma-separated list of name=value. @default none */
  readonly extraVars?: string | undefined;
}

/**
 * The settings as the wishes would have them.
 *
 * @throws CONFIG_INVALID where variables are no list, or there is no playbook that could take them
 */
export function withWishes(spec: InstanceSpec, { provision, extraVars }: PlaybookWishes): InstanceSpec {
  const { provisioning, ...others } = spec;
  const variables = extraVars === undefined ? {} : readExtraVars(extraVars);
  if (provisioning === undefined && (provision === true || extraVars !== undefined)) throw withoutPlaybook();
  if (provisioning === undefined || provision === false) return others;
  return { ...spec, provisioning: { ...provisioning, variables: { ...provisioning.variables, ...variables } } };
}

function readExtraVars(text: string): Readonly<Record<string, string>> {
  const parsed = parseVariables(text);
  if (parsed.ok) return parsed.value;
  const violations: Violation[] = parsed.problems.map((problem) => ({ key: "--extra-vars", ...problem }));
  throw new GroundworkError("CONFIG_INVALID", "--extra-vars is not a list of variables", {
    violations,
    suggestion: "Write them as `--extra-vars name=value,other=value`.",
  });
}

function withoutPlaybook(): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", "This project has no playbook that could be applied", {
    suggestion: "Name one in .env: PROVISIONING_PLAYBOOK=playbook.yml.",
  });
}

/** The digest of what would be applied; undefined where the instance has no playbook. */
export function digestOf(context: VerbContext, { provisioning }: InstanceSpec): string | undefined {
  if (provisioning === undefined) return undefined;
  const { digest, ansible } = backendAccess(context.home);
  return playbookDigest(provisioning, { digest, version: ansible?.version });
}

/**
 * Asks Ansible whether it can read the playbook, unless it was applied as it stands.
 *
 * @param applied the digest of what was applied. @default nothing
 * @throws CONFIG_INVALID with the file and the line; PROVIDER_NOT_AVAILABLE where Ansible is not installed
 */
export async function refusePlaybook(context: VerbContext, spec: InstanceSpec, applied?: string): Promise<void> {
  const { provisioning, id } = spec;
  if (provisioning === undefined || applied === digestOf(context, spec)) return;
  context.progress({ stage: "check playbook", message: "checking the playbook" });
  await inFolder((folder) => checkSyntax(ansibleOf(context), { provisioning, id, folder, signal: context.signal }));
}

/** The names of the playbook's tasks. */
export function tasksOf(context: VerbContext, id: string, provisioning: Provisioning): Promise<readonly string[]> {
  return inFolder((folder) => listTasks(ansibleOf(context), { provisioning, id, folder, signal: context.signal }));
}

/** What the playbook would change in a running instance; see `tryPlaybook`. */
export async function tryOn(
  context: VerbContext,
  { target, driver }: Pick<LocatedInstance, "target" | "driver">,
  provisioning: Provisioning,
): Promise<readonly TaskResult[]> {
  const { id } = target;
  const connection = await driver.connection(target);
  context.progress({ message: `trying the playbook on ${id}` });
  return inFolder((folder) =>
    tryPlaybook(ansibleOf(context), {
      provisioning,
      id,
      connection,
      folder,
      signal: context.signal,
      onEvent: (event) => {
        if (event.event === "task") context.progress({ message: `trying ${event.task} on ${id}` });
      },
    }),
  );
}

/** A folder of a moment, readable by this user alone. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ansibleOf({ home, installation }: VerbContext): AnsibleOptions {
  const { ansible, environment } = backendAccess(home);
  const plugins = join(installation.directory, "playbooks", "plugins");
  return { program: ansible?.path, plugins, environment, requirements: home.requirementsDirectory };
}
