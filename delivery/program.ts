/** The command line of `bin/delivery`. */

import { Command, type CommanderError } from "commander";
import { GroundworkError } from "../settings/errors";
import type { DeliveryVerb } from "./verbs/verb";

/** Called with the verb that was named, the stack, and its other options. */
export type VerbHandler = (verb: DeliveryVerb, stack: string, options: object) => Promise<void>;

/** Renders verbs as commands. A wrong command line throws CONFIG_INVALID. */
export function deliveryProgram(verbs: readonly DeliveryVerb[], handle: VerbHandler): Command {
  const program = new Command("delivery").description("bring a stack from a commit to what runs, and back");
  for (const verb of verbs) addVerb(program, verb, handle);
  return explainErrors(program.helpCommand(false));
}

function addVerb(program: Command, verb: DeliveryVerb, handle: VerbHandler): void {
  const command = program.command(verb.name).description(verb.summary);
  command.requiredOption("-s, --stack <stack>", "the stack, such as prod");
  verb.declare?.(command);
  command.action(async () => {
    const { stack, ...options } = command.opts<{ stack: string }>();
    await handle(verb, stack, options);
  });
  explainErrors(command);
}

function explainErrors(command: Command): Command {
  return command.configureOutput({ writeErr: () => undefined }).exitOverride((error: CommanderError) => {
    if (error.exitCode === 0) process.exit(0);
    const help = command.name() === "delivery" ? "bin/delivery --help" : `bin/delivery ${command.name()} --help`;
    throw new GroundworkError("CONFIG_INVALID", error.message.replace(/^error: /, ""), {
      suggestion: `Run \`${help}\`.`,
    });
  });
}
