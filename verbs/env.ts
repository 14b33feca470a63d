import * as z from "zod";
import { requireSetup, stackWorkspace, type Workspace } from "../engine/workspace";
import { readSetup } from "../host/setup-record";
import { locateProject } from "./project";
import { existingWorkspace } from "./workspace";
import { file } from "./inputs";
import { verb, type VerbContext } from "./verb";

/** Prints the environment that plain `pulumi` needs for a stack. */
export const env = verb({
  name: "env",
  summary: "print the environment that plain `pulumi` needs for a stack",
  input: z.object({
    file,
    stack: z
      .string()
      .optional()
      .meta({ description: "a stack of the installation, such as dev; this project's by default", alias: "s" }),
  }),
  output: z.object({ directory: z.string(), stack: z.string(), variables: z.record(z.string(), z.string()) }),
  changes: false,
  run(input, context) {
    const { directory, stack, variables } = workspaceOf(context, input.stack, input.file);
    return Promise.resolve({ directory, stack, variables: { ...variables } });
  },
  text({ directory, stack, variables }) {
    const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`);
    return [`# Stack ${stack}; run pulumi in ${directory}`, ...exports].join("\n");
  },
});

function workspaceOf(context: VerbContext, stack: string | undefined, file: string | undefined): Workspace {
  if (stack === undefined) return existingWorkspace(context, locateProject(context, file));
  const setup = requireSetup(readSetup(context.home), context.installation);
  return stackWorkspace(context.home, context.installation, setup, stack, namedBucket());
}

/** A bucket that the user names. A folder is not taken for one: it may be a project's, from what this verb printed before. */
function namedBucket(): string {
  const { PULUMI_BACKEND_URL: url = "" } = process.env;
  return url.startsWith("s3://") ? url : "";
}

/** A POSIX shell's single quotes. */
function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
