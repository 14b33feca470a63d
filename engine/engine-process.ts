/** Runs the Pulumi CLI and reads its event stream. */

import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { requireTemporaryFolder } from "../host/system-errors";
import { GroundworkError, type ErrorObject } from "../settings/errors";
import type { ToldStage } from "../host/stages";
import { readStages } from "./stage-reader";
import { removeTornAttributes } from "./torn-attributes";
import type { Workspace } from "./workspace";

/** What one run of the CLI is given. */
export interface EngineRun {
  readonly workspace: Workspace;
  /** The arguments, e.g. `["up", "--yes"]`; the stack is added. */
  readonly parameters: readonly string[];
  /** Called with each event of a run with `--json`. @default events are not read */
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
  /** Called with each stage that an actuator tells. @default stages are not read */
  readonly onStage?: ((stage: ToldStage) => void) | undefined;
  /** Text for standard input. @default nothing */
  readonly stdin?: string | undefined;
  /** Aborted: the engine is asked to cancel, and ends when what it began has ended. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** How one run of the CLI ended. */
export interface EngineResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The errors that the plugin and the actuator left, as the contract's objects. */
  readonly failures: readonly ErrorObject[];
  /** The messages of the error events, without the engine's own framing. */
  readonly diagnostics: readonly string[];
}

/** The variable that names the file where plugin and actuator leave their errors, a JSON object a line. */
const failureFileVariable = "GROUNDWORK_FAILURE_FILE";
/** The variable that names the file where actuators tell their stages. */
const stageFileVariable = "GROUNDWORK_STAGE_FILE";

/**
 * Runs `pulumi` to its end; a failing run is a result, not an exception. One that cannot read its store, because an engine was
 * killed there, is run again when that is mended.
 *
 * The engine gets a process group of its own: Ctrl-C in a terminal reaches us alone, and we ask it
 * to cancel once, so that plugins and actuators are ended in order.
 *
 * @throws PROVIDER_NOT_AVAILABLE when the program cannot be started; CONFIG_INVALID without a folder for temporary files
 */
export async function runEngine(run: EngineRun): Promise<EngineResult> {
  requireTemporaryFolder();
  const result = await runOnce(run);
  return cannotRead(result) && removeTornAttributes(run.workspace) ? runOnce(run) : result;
}

/** Whether the engine came to the end of a file too soon. */
function cannotRead({ exitCode, stdout, stderr, diagnostics }: EngineResult): boolean {
  return exitCode !== 0 && [stdout, stderr, ...diagnostics].some((text) => /\bEOF\b/.test(text));
}

async function runOnce(run: EngineRun): Promise<EngineResult> {
  // In the stack's own folder: what a killed run leaves goes with the stack.
  const failureFile = join(run.workspace.directory, `failures-${process.pid}`);
  rmSync(failureFile, { force: true });
  const stageFile = join(run.workspace.directory, `stages-${process.pid}`);
  const stages = run.onStage === undefined ? undefined : readStages(stageFile, run.onStage);
  const told = stages === undefined ? {} : { [stageFileVariable]: stageFile };
  try {
    const output = await spawnEngine(run, { [failureFileVariable]: failureFile, ...told });
    return { ...output, failures: readFailures(failureFile) };
  } finally {
    stages?.stop();
    rmSync(failureFile, { force: true });
  }
}

type Output = Omit<EngineResult, "failures">;

function spawnEngine(run: EngineRun, variables: Record<string, string>): Promise<Output> {
  const { workspace, signal } = run;
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...run.parameters, "--stack", workspace.stack, "--non-interactive"], {
      cwd: workspace.directory,
      env: { ...process.env, ...workspace.variables, ...variables },
      detached: true,
      stdio: "pipe",
    });
    // A program that ends without reading all of it says why by its exit status.
    child.stdin.on("error", () => undefined).end(run.stdin);
    const cancel = () => child.kill("SIGINT");
    const output = collect(child.stdout, run.onEvent);
    // A listener that fails ends the run; the error is thrown when the engine has ended.
    output.catch(cancel);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    if (signal?.aborted === true) cancel();
    signal?.addEventListener("abort", cancel);
    child.on("error", (cause) => {
      reject(new GroundworkError("PROVIDER_NOT_AVAILABLE", `pulumi could not be started: ${cause.message}`, { cause }));
    });
    child.on("close", (code) => {
      signal?.removeEventListener("abort", cancel);
      output.then((read) => resolve({ ...read, stderr, exitCode: code ?? 1 }), reject);
    });
  });
}

/** Reads standard output: as events where they are wanted, as text otherwise. */
async function collect(
  stdout: NodeJS.ReadableStream,
  onEvent: EngineRun["onEvent"],
): Promise<Pick<Output, "stdout" | "diagnostics">> {
  const lines: string[] = [];
  const diagnostics: string[] = [];
  for await (const line of createInterface({ input: stdout, crlfDelay: Infinity })) {
    const event = onEvent === undefined ? undefined : parseEvent(line);
    if (event === undefined) {
      lines.push(line);
      continue;
    }
    if (event.diagnosticEvent?.severity === "error") diagnostics.push(event.diagnosticEvent.message.trim());
    onEvent?.(event);
  }
  return { stdout: lines.join("\n"), diagnostics };
}

function parseEvent(line: string): EngineEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as EngineEvent;
  } catch {
    return undefined;
  }
}

function readFailures(file: string): ErrorObject[] {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as ErrorObject);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
