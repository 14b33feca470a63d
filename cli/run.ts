/** Runs one command line to its end. Only here the process's exit status is set. */

import { groundworkHome } from "../host/home";
import { findInstallation } from "../engine/installation";
import { expectedSeconds, readStageHistory, rememberStages } from "../host/stage-history";
import { explainSystemError } from "../host/system-errors";
import { GroundworkError } from "../settings/errors";
import type { Progress, Verb, VerbContext } from "../verbs/verb";
import type { CommandLine } from "./command-line";
import { buildProgram } from "./program";
import { appearanceOf, paintIn } from "./progress/appearance";
import type { ProgressReport } from "./progress/progress-report";

/** What asks us to stop: Ctrl-C, `kill`, a terminal that goes away. */
const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the verb that the command line names, prints its result, and sets the exit status. */
export async function run(line: CommandLine, progress: ProgressReport): Promise<void> {
  try {
    const program = await buildProgram(line.parameters[0], (verb, input) => runVerb(verb, input, line, progress));
    if (line.parameters.length === 0) program.outputHelp();
    else await program.parseAsync([...line.parameters], { from: "user" });
  } catch (error) {
    progress.end(true);
    fail(error, line.json);
  }
}

async function runVerb(
  verb: Verb,
  input: Record<string, unknown>,
  { json }: CommandLine,
  progress: ProgressReport,
): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => {
    if (verb.changes && !interrupted.signal.aborted) progress.tell(stopping);
    interrupted.abort();
  };
  for (const name of interruptions) process.on(name, interrupt);
  try {
    const home = groundworkHome();
    const history = readStageHistory(home);
    const context: VerbContext = {
      directory: currentDirectory(),
      home,
      installation: findInstallation(),
      progress: (told) => progress.tell(told, expectedSeconds(history, told.stage ?? told.message)),
      signal: interrupted.signal,
      terminal: process.stdin.isTTY && process.stdout.isTTY && !json,
      capture: json,
    };
    const output = await verb.run(parseInput(verb, input), context);
    progress.end(false);
    // How long something took that was cut off says nothing.
    if (!interrupted.signal.aborted) rememberStages(home, progress.finished);
    print(json ? JSON.stringify(output) : verb.text(output));
    process.exitCode = verb.exitStatus?.(output) ?? 0;
  } catch (error) {
    // Before the handlers go: a signal by its default would end us with the terminal's cursor hidden.
    progress.end(true);
    throw error;
  } finally {
    for (const name of interruptions) process.off(name, interrupt);
  }
}

const stopping: Progress = {
  stage: "stop run",
  message: "stopping; what was begun is being undone",
  afterFailure: true,
};

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new GroundworkError("CONFIG_MISSING", "The directory that this was run in is gone", {
      suggestion: "Change to a directory that exists, then run the same command again.",
      cause,
    });
  }
}

function parseInput(verb: Verb, input: Record<string, unknown>) {
  const parsed = verb.input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new GroundworkError("CONFIG_INVALID", `vagrantp ${verb.name} was not given what it takes`, {
    violations: parsed.error.issues.map((issue) => ({ key: issue.path.join("."), message: issue.message })),
    suggestion: `Run \`vagrantp ${verb.name} --help\`.`,
  });
}

function print(text: string): void {
  if (text !== "") process.stdout.write(`${text}\n`);
}

/** The contract's error: one object on standard output with `--json`, lines for people on standard error otherwise. */
function fail(error: unknown, json: boolean): void {
  const known = error instanceof GroundworkError ? error : (ofSystem(error) ?? unexpected(error));
  if (json) process.stdout.write(`${JSON.stringify(known.toObject())}\n`);
  else process.stderr.write(`${errorText(known)}\n`);
  process.exitCode = known.exitStatus;
}

/** The error in the colours that standard error allows: what happened, and last what mends it. */
function errorText(error: GroundworkError): string {
  const paint = paintIn(appearanceOf(process.stderr.isTTY, process.env));
  return error.toText({ message: (text) => paint("red", text), suggestion: (text) => paint("bold", text) });
}

/** What the operating system refused: a full disk, a place that may not be written, too many open files. */
function ofSystem(error: unknown): GroundworkError | undefined {
  try {
    return explainSystemError(error, groundworkHome().root);
  } catch {
    return undefined;
  }
}

function unexpected(error: unknown): GroundworkError {
  const message = error instanceof Error ? error.message : String(error);
  const trace = error instanceof Error ? error.stack : undefined;
  if (process.env["GROUNDWORK_DEBUG"] !== undefined && trace !== undefined) process.stderr.write(`${trace}\n`);
  return new GroundworkError("ENGINE_FAILED", `Groundwork itself failed: ${message}`, {
    suggestion: "Run it again with GROUNDWORK_DEBUG=1 and report what it prints.",
    cause: error,
  });
}
