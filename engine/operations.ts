/** What we ask the engine to do with a stack. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import * as z from "zod";
import { GroundworkError } from "../settings/errors";
import type { ToldStage } from "../host/stages";
import { inTurn, type TurnOptions } from "../host/turns";
import { engineStoreError } from "./backend-errors";
import { isLocked, refuseLocked } from "./locks";
import { runEngine, type EngineResult } from "./engine-process";
import { platformMeanings, type Meaning } from "./platform-meanings";
import type { Workspace } from "./workspace";

/** What goes with every operation. */
export interface OperationOptions {
  /** Called with each of the engine's events. @default nobody listens */
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
  /** Called with each stage that an actuator tells of its own work. @default nobody listens */
  readonly onStage?: ((stage: ToldStage) => void) | undefined;
  /** Aborted: the engine is asked to cancel. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Told when another engine works on the stack, which is waited for. @default nobody is told */
  readonly onWait?: TurnOptions["onWait"];
}

/** The exit status of `--expect-no-changes` when there are changes; since Pulumi 3.227. */
const changesFound = 7;

/** Whether the stack exists. Only for stacks in a file backend. */
export function stackExists({ variables, stack }: Workspace): boolean {
  const state = fileURLToPath(variables["PULUMI_BACKEND_URL"] ?? "");
  return existsSync(join(state, ".pulumi", "stacks", "groundwork", `${stack}.json`));
}

/** Makes the stack, unless it exists. */
export async function ensureStack(workspace: Workspace): Promise<void> {
  if (stackExists(workspace)) return;
  try {
    await succeed(workspace, ["stack", "init", "--secrets-provider", "passphrase"]);
  } catch (error) {
    // Another run may have made it since; the engine's lock says whose turn it is.
    if (!stackExists(workspace)) throw error;
  }
}

/**
 * Makes what the stack declares real.
 *
 * @throws the error of what failed; see {@link engineError}
 */
export async function up(workspace: Workspace, options: OperationOptions): Promise<void> {
  await change(workspace, ["up", "--yes", "--skip-preview", "--json"], options);
}

/** Removes everything the stack holds. */
export async function destroy(workspace: Workspace, options: OperationOptions): Promise<void> {
  await change(workspace, ["destroy", "--yes", "--skip-preview", "--json"], options);
}

/** Tells by events what {@link up} would do. Changes nothing. */
export async function preview(workspace: Workspace, options: OperationOptions): Promise<void> {
  await succeed(streaming(workspace), ["preview", "--json"], options);
}

/**
 * Saves a plan of what {@link up} would do to a file, after a look at what is real, and tells it by events. Changes nothing.
 *
 * @see https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/ (`--save-plan`; marked experimental)
 */
export async function savePlan(workspace: Workspace, file: string, options: OperationOptions): Promise<void> {
  await succeed(streaming(workspace), ["preview", "--json", "--refresh", "--save-plan", file], options);
}

/**
 * Does what a plan of {@link savePlan} says, after a look at what is real as there; what the plan does not say is refused.
 *
 * @throws the error of what failed; see {@link engineError}
 */
export async function applyPlan(workspace: Workspace, file: string, options: OperationOptions): Promise<void> {
  await change(workspace, ["up", "--yes", "--skip-preview", "--json", "--refresh", "--plan", file], options);
}

/**
 * Tells by events how what is real differs from what was promised. Changes nothing, the state included.
 *
 * @returns whether there is drift
 */
export async function detectDrift(workspace: Workspace, options: OperationOptions): Promise<boolean> {
  const parameters = ["refresh", "--preview-only", "--expect-no-changes", "--json"];
  const result = await runEngine({ workspace: streaming(workspace), parameters, ...options });
  if (result.exitCode === changesFound) return true;
  if (result.exitCode === 0) return false;
  throw engineError(result);
}

/** The state, as `pulumi stack export` gives it: JSON, its secrets encrypted. */
export async function exportState(workspace: Workspace): Promise<string> {
  const result = await runEngine({ workspace, parameters: ["stack", "export"] });
  if (result.exitCode !== 0) throw engineError(result);
  return result.stdout;
}

const historySchema = z.array(
  z.object({ kind: z.string(), result: z.string(), environment: z.record(z.string(), z.string()).default({}) }),
);
const historyPageSize = 10;

/**
 * The commit that was checked out in the last update of the stack that succeeded, by whatever command: the state is of it.
 * Undefined where there is none, or none that the engine found in a git checkout.
 */
export async function appliedCommit(workspace: Workspace): Promise<string | undefined> {
  for (let page = 1; ; page++) {
    const paging = ["--page-size", String(historyPageSize), "--page", String(page)];
    const result = await runEngine({ workspace, parameters: ["stack", "history", "--json", ...paging] });
    if (result.exitCode !== 0) throw engineError(result);
    const updates = historySchema.parse(JSON.parse(result.stdout));
    const last = updates.find(({ kind, result: end }) => kind === "update" && end === "succeeded");
    if (last !== undefined || updates.length < historyPageSize) return last?.environment["git.head"];
  }
}

/** Puts a state in the place of the stack's; the stack is made where there is none. Changes nothing but the state. */
export async function importState(workspace: Workspace, state: string): Promise<void> {
  const parameters = ["stack", "import"];
  const result = await runEngine({ workspace, parameters, stdin: state });
  if (result.exitCode === 0) return;
  if (!isUnknownStack(result.stderr)) throw engineError(result);
  await succeed(workspace, ["stack", "init", "--secrets-provider", "passphrase"]);
  const again = await runEngine({ workspace, parameters, stdin: state });
  if (again.exitCode !== 0) throw engineError(again);
}

/** @throws CONFIG_INVALID when the passphrase is not the one by which the stack's secrets are encrypted; without secrets any is */
export async function assertPassphrase(workspace: Workspace): Promise<void> {
  await succeed(workspace, ["stack", "export", "--show-secrets"]);
}

/** Takes a stack out of its backend; what it holds stays real, and its configuration stays. */
export async function removeStack(workspace: Workspace): Promise<void> {
  await succeed(workspace, ["stack", "rm", "--yes", "--force", "--preserve-config"]);
}

/** What the engine says of a stack that the backend does not hold. */
export function isUnknownStack(said: string): boolean {
  return /no stack named/i.test(said);
}

/** One of the stack's outputs, secret or not; undefined where there is none of that name. */
export async function stackOutput(workspace: Workspace, name: string): Promise<unknown> {
  const result = await runEngine({ workspace, parameters: ["stack", "output", "--json", "--show-secrets"] });
  if (result.exitCode !== 0) throw engineError(result);
  return (JSON.parse(result.stdout) as Readonly<Record<string, unknown>>)[name];
}

/** Sets a secret value of the stack's configuration; the value goes by standard input, never on the command line. */
export async function setSecret(workspace: Workspace, path: string, value: string): Promise<void> {
  const result = await runEngine({
    workspace,
    parameters: ["config", "set", "--secret", "--path", path],
    stdin: value,
  });
  if (result.exitCode !== 0) throw engineError(result);
}

/** A preview prints its events as they come only when this is asked for. */
function streaming(workspace: Workspace): Workspace {
  return { ...workspace, variables: { ...workspace.variables, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "true" } };
}

async function succeed(
  workspace: Workspace,
  parameters: readonly string[],
  options: OperationOptions = {},
): Promise<void> {
  const onEvent = parameters.includes("--json") ? (options.onEvent ?? (() => undefined)) : undefined;
  const result = await runEngine({
    workspace,
    parameters,
    onEvent,
    onStage: options.onStage,
    signal: options.signal,
  });
  if (result.exitCode !== 0) throw engineError(result);
}

/** Runs what takes the engine's lock, when no other engine of this host has it any more. */
async function change(workspace: Workspace, parameters: readonly string[], options: OperationOptions): Promise<void> {
  const { signal, onWait } = options;
  const attempt = async (again: boolean): Promise<void> => {
    refuseLocked(workspace);
    try {
      await succeed(workspace, parameters, options);
    } catch (error) {
      if (!(error instanceof GroundworkError && error.code === "LOCKED")) throw error;
      // Another engine was faster; it is waited for too, or has gone meanwhile.
      refuseLocked(workspace);
      if (isLocked(workspace) || !again) throw error;
      await attempt(false);
    }
  };
  await inTurn(() => attempt(true), { signal, onWait });
}

/** Messages of the engine that have a place in the contract; its own words, first match wins. */
const meanings: readonly Meaning[] = [
  { pattern: /the stack is currently locked/i, code: "LOCKED" },
  {
    pattern: /no resource plugin|failed to (load|find) plugin|Could not automatically download/i,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion: "Run `make setup` again: a plugin is missing.",
  },
  {
    pattern: /incorrect passphrase|passphrase must be set/i,
    code: "CONFIG_INVALID",
    suggestion:
      "Set PULUMI_CONFIG_PASSPHRASE, or the file that PULUMI_CONFIG_PASSPHRASE_FILE names, to the stack's passphrase.",
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: "INSUFFICIENT_RESOURCES",
    suggestion: "Free some space on that disk (`df -h` shows it), then run the same command again.",
  },
  {
    pattern: /read-only file system/i,
    code: "CONFIG_INVALID",
    suggestion: "Make it writable, or set GROUNDWORK_HOME to a directory of yours on a local disk.",
  },
  ...platformMeanings,
];

/**
 * The error of a failed run: what our own plugin and actuator reported, with their code; else what
 * the engine said.
 */
export function engineError(result: EngineResult): GroundworkError {
  const [first, ...others] = result.failures;
  if (first !== undefined) {
    const { code, message, details, suggestion } = first.error;
    const { violations = [], ...facts } = details as { violations?: { message: string }[] };
    const more = others.map((other) => ({ message: other.error.message }));
    return new GroundworkError(code, message, { details: facts, suggestion, violations: [...violations, ...more] });
  }
  const text = [...result.diagnostics, result.stderr.trim(), result.stdout.trim()].filter((part) => part !== "");
  const message = text.join("\n") || `pulumi ended with status ${result.exitCode} and said nothing`;
  const meaning = meanings.find(({ pattern }) => pattern.test(message));
  const refusal = meaning === undefined ? engineStoreError(message) : undefined;
  if (refusal !== undefined) return refusal;
  return new GroundworkError(meaning?.code ?? "ENGINE_FAILED", message.replace(/^error: /, ""), {
    details: { program: "pulumi", status: result.exitCode },
    ...(meaning?.suggestion === undefined ? {} : { suggestion: meaning.suggestion }),
  });
}
