import * as z from "zod";
import { GroundworkError } from "../settings/errors";
import { attach, programResult } from "./attach";
import { file } from "./inputs";
import { locateInstance } from "./instance";
import { locateProject } from "./project";
import { notFound } from "./required";
import { verb } from "./verb";

/** What the program inside wrote, as its backend kept it. A container that was made again begins a new log. */
export const logs = verb({
  name: "logs",
  summary: "show what the program inside has written since its container was made",
  input: z.object({
    file,
    follow: z.boolean().default(false).meta({ description: "go on with what it writes, until Ctrl-C", alias: "f" }),
    tail: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .meta({ description: "only this many lines from the end; all by default", alias: "n" }),
    since: z
      .string()
      .regex(/^[0-9][0-9A-Za-z:.+-]*$/, "is a duration (10m, 1h30m) or a time (2026-11-21T10:00:00Z)")
      .optional()
      .meta({ description: "only what is younger: a duration (10m) or a time (2026-11-21T10:00:00Z)" }),
    timestamps: z.boolean().default(false).meta({ description: "begin each line with its time", alias: "t" }),
  }),
  output: programResult,
  changes: false,
  async run({ file, ...options }, context) {
    if (options.follow && context.capture) throw endless();
    const place = locateProject(context, file);
    const located = await locateInstance(context, place);
    if (located?.observation.state !== "present") throw notFound(context, place);
    return attach(context, located.driver.logsCommand(located.target, options));
  },
  text: () => "",
  exitStatus: ({ exitCode }) => exitCode,
});

function endless(): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", "--json prints one object at the end, and --follow has no end", {
    suggestion: "Leave out one of the two; with --json, ask again with --since.",
  });
}
