import * as z from "zod";
import { GroundworkError } from "../settings/errors";
import { attach, programResult } from "./attach";
import { file } from "./inputs";
import { requireRunning } from "./required";
import { verb } from "./verb";

/** One program in the instance, for scripts and agents: standard input and the exit status pass through. */
export const exec = verb({
  name: "exec",
  summary: "run a program in the instance, as `ssh -- COMMAND` does; opens no shell",
  input: z.object({
    file,
    command: z.array(z.string()).default([]).meta({ description: "the program and its arguments, after --" }),
  }),
  output: programResult,
  changes: false,
  async run(input, context) {
    if (input.command.length === 0) throw nothingToRun();
    const { target, driver } = await requireRunning(context, input.file);
    return attach(context, driver.execCommand(target, input.command, context.terminal));
  },
  text: () => "",
  exitStatus: ({ exitCode }) => exitCode,
});

function nothingToRun(): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", "There is no program to run", {
    suggestion: "Name one, as in `vagrantp exec -- ls -l`; `vagrantp ssh` opens a shell.",
  });
}
