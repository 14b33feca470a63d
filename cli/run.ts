/** Runs one command line to its end. Only here the process's exit status is set. */

import { groundworkHome } from "../host/home";
import { findInstallation } from "../engine/installation";
import { GroundworkError } from "../settings/errors";
import type { Verb, VerbContext } from "../verbs/verb";
import { buildProgram } from "./program";
import { createProgressLine } from "./progress-line";

/** What asks us to stop: Ctrl-C, `kill`, a terminal that goes away. */
const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs the verb that the arguments name, prints its result, and sets the exit status. */
export async function run(parameters: readonly string[]): Promise<void> {
  endWithoutReader();
  const json = parameters.slice(0, endOfOptions(parameters)).includes("--json");
  try {
    const program = buildProgram((verb, input) => runVerb(verb, input, json));
    if (parameters.length === 0) program.outputHelp();
    else await program.parseAsync([...parameters], { from: "user" });
  } catch (error) {
    fail(error, json);
  }
}

/** Whoever reads our output may stop reading (`vagrantp status | head -1`): that ends us, without a word. */
function endWithoutReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      process.exitCode = 1;
      if (error.code !== "EPIPE" && stream === process.stdout) {
        process.stderr.write(`The result could not be written: ${error.message}\n`);
      }
    });
  }
}

/** What follows `--` belongs to the command inside the instance. */
function endOfOptions(parameters: readonly string[]): number {
  const at = parameters.indexOf("--");
  return at === -1 ? parameters.length : at;
}

async function runVerb(verb: Verb, input: Record<string, unknown>, json: boolean): Promise<void> {
  const line = createProgressLine(process.stderr, json);
  const interrupted = new AbortController();
  const interrupt = () => {
    if (verb.changes) line.show("stopping; what was begun is being undone");
    interrupted.abort();
  };
  for (const name of interruptions) process.on(name, interrupt);
  try {
    const context: VerbContext = {
      directory: currentDirectory(),
      home: groundworkHome(),
      installation: findInstallation(),
      progress: ({ message }) => line.show(message),
      signal: interrupted.signal,
      terminal: process.stdin.isTTY && process.stdout.isTTY,
    };
    const output = await verb.run(parseInput(verb, input), context);
    line.clear();
    print(json ? JSON.stringify(output) : verb.text(output));
    process.exitCode = verb.exitStatus?.(output) ?? 0;
  } finally {
    line.clear();
    for (const name of interruptions) process.off(name, interrupt);
  }
}

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
  const known = error instanceof GroundworkError ? error : unexpected(error);
  if (json) process.stdout.write(`${JSON.stringify(known.toObject())}\n`);
  else process.stderr.write(`${known.toText()}\n`);
  process.exitCode = known.exitStatus;
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
