import * as z from "zod";
import { attach, programResult } from "./attach";
import { file } from "./inputs";
import { requireRunning } from "./required";
import { verb } from "./verb";

/** A login shell in the instance, or one command; its exit status is ours. */
export const ssh = verb({
  name: "ssh",
  summary: "open a login shell in the instance, or run a command there",
  input: z.object({
    file,
    command: z.array(z.string()).default([]).meta({ description: "the command to run there; a shell by default" }),
  }),
  output: programResult,
  changes: false,
  async run(input, context) {
    const { target, driver } = await requireRunning(context, input.file);
    return attach(context, driver.execCommand(target, input.command, context.terminal));
  },
  text: () => "",
  exitStatus: ({ exitCode }) => exitCode,
});
