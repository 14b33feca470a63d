/** What the tests of the command plugin share: a workspace with the program beside this file, and words for its JSON. */

import { dirname, join } from "node:path";
import { commandPlugin, nameOf, PulumiWorkspace, type PulumiRun } from "../../support/pulumi-workspace";

/** The inputs of a command, as JSON; see {@link secret} and {@link output}. */
export type Inputs = Readonly<Record<string, unknown>>;

/** One resource of the program. */
export interface CommandOfProgram {
  readonly args: Inputs;
  readonly options?: Inputs;
}

/** What program.js reads. */
export interface Program {
  readonly commands?: Readonly<Record<string, CommandOfProgram>>;
  readonly runs?: Readonly<Record<string, Inputs>>;
  readonly others?: Readonly<Record<string, { readonly type: string; readonly args: Inputs }>>;
}

/** How the engine writes a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** An input that is secret. */
export const secret = (value: unknown) => ({ $secret: value });

/** An input that is another command's output, e.g. `first.stdout`. */
export const output = (name: string) => ({ $output: name });

/** How the engine writes a secret, in the state and in events. */
export const asSecret: unknown = expect.objectContaining({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
});

/** A workspace with the plugin under test. */
export function makeCommandWorkspace(): Promise<PulumiWorkspace> {
  return PulumiWorkspace.make({
    program: join(__dirname, "program.js"),
    plugins: { command: dirname(commandPlugin!) },
  });
}

/** Writes what the program reads, runs `pulumi`, and fails where it did not succeed. */
export async function succeed(workspace: PulumiWorkspace, program: Program, ...parameters: readonly string[]) {
  const run = await attempt(workspace, program, ...parameters);
  if (run.exitCode !== 0) throw new Error(`pulumi ${parameters.join(" ")} ended with ${run.exitCode}:\n${run.output}`);
  return run;
}

/** Writes what the program reads, and runs `pulumi`. */
export function attempt(workspace: PulumiWorkspace, program: Program, ...parameters: readonly string[]) {
  workspace.write("program.json", JSON.stringify(program));
  return workspace.pulumi(...parameters);
}

/** The operations of a run on a resource, in order, e.g. `["update"]`. */
export function operations({ events }: PulumiRun, name: string): readonly string[] {
  const steps = events.map(({ resourcePreEvent }) => resourcePreEvent?.metadata);
  return steps.filter((step) => step !== undefined && nameOf(step.urn) === name).map((step) => step!.op);
}

/** The outputs of a resource that the last step of a run gave. */
export function outputsOf({ events }: PulumiRun, name: string): Inputs {
  const steps = events.map(({ resOutputsEvent }) => resOutputsEvent?.metadata);
  const step = steps.findLast((step) => step !== undefined && nameOf(step.urn) === name);
  return (step?.new as { outputs?: Inputs } | undefined)?.outputs ?? {};
}

/** The lines that a run logged for a resource, without debug messages. */
export function linesOf({ events }: PulumiRun, name: string): readonly string[] {
  const messages = events.map(({ diagnosticEvent }) => diagnosticEvent);
  const own = messages.filter((message) => message?.urn !== undefined && nameOf(message.urn) === name);
  return own.filter((message) => message!.severity.startsWith("info")).map((message) => message!.message.trim());
}
