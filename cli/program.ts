/** Renders the verbs as commands: options and arguments come from their input schemas. */

import { Command, Option, type CommanderError } from "commander";
import * as z from "zod";
import { GroundworkError } from "../settings/errors";
import { isVerbName, loadVerb, loadVerbs } from "../verbs";
import type { Verb } from "../verbs/verb";
import { addCompletion } from "./completion";

/** Called with the verb that was named and the input it was given. */
export type VerbHandler = (verb: Verb, input: Record<string, unknown>) => Promise<void>;

/** One property of an input schema, as JSON Schema describes it. */
interface InputProperty {
  readonly type?: string;
  readonly description?: string;
  /** The one-letter form of the option. */
  readonly alias?: string;
  /** Of a switch that can be turned off too, by `--no-NAME`: what that does. */
  readonly negation?: string;
}

/**
 * The command line.
 *
 * @param first its first word. Where that is a verb, no other verb is loaded.
 */
export async function buildProgram(first: string | undefined, handle: VerbHandler): Promise<Command> {
  const verbs = isVerbName(first) ? [await loadVerb(first)] : await loadVerbs();
  const program = explainErrors(declareVerbs(verbs, handle));
  addCompletion(program, () => declareVerbs(verbs, handle));
  return program;
}

function declareVerbs(verbs: readonly Verb[], handle: VerbHandler): Command {
  const program = new Command("vagrantp")
    .description("A VM or container for this project, from its .env.")
    .helpCommand(false)
    // `up --version` is a mistake, not a version and an `up`.
    .enablePositionalOptions()
    .option("-V, --version", "print the version");
  for (const verb of verbs) addVerb(program, verb, handle);
  return program;
}

function addVerb(program: Command, verb: Verb, handle: VerbHandler): void {
  const command = program.command(verb.name).description(verb.summary);
  const properties = Object.entries(inputProperties(verb));
  for (const [name, property] of properties.filter(([, { type }]) => type !== "array")) {
    command.addOption(optionOf(name, property));
    if (property.negation !== undefined) command.option(`--no-${name}`, property.negation);
  }
  const list = properties.find(([, { type }]) => type === "array");
  if (list !== undefined) command.argument(`[${list[0]}...]`, list[1].description ?? "");
  command.option("--json", "print the result, or the error, as one JSON object");
  command.action(async () => {
    const options = Object.entries(command.opts<Record<string, unknown>>()).filter(([name]) => name !== "json");
    const input = list === undefined ? options : [...options, [list[0], command.args] as const];
    await handle(verb, Object.fromEntries(input));
  });
  explainErrors(command);
}

function optionOf(name: string, { type, description = "", alias }: InputProperty): Option {
  const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const flags = `${alias === undefined ? "" : `-${alias}, `}--${words}`;
  return new Option(type === "boolean" ? flags : `${flags} <${words}>`, description);
}

function inputProperties(verb: Verb): Record<string, InputProperty> {
  return (z.toJSONSchema(verb.input, { io: "input" }).properties ?? {}) as Record<string, InputProperty>;
}

/** A wrong command line is a configuration error (exit 2); commander's own exit would be 1. */
function explainErrors(command: Command): Command {
  return command.configureOutput({ writeErr: () => undefined }).exitOverride((error: CommanderError) => {
    if (error.exitCode === 0) process.exit(0);
    const help = command.name() === "vagrantp" ? "vagrantp --help" : `vagrantp ${command.name()} --help`;
    throw new GroundworkError("CONFIG_INVALID", error.message.replace(/^error: /, ""), {
      suggestion: `Run \`${help}\`.`,
    });
  });
}
