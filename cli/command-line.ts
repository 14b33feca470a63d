/** What a command line says before anything is loaded that could parse it. Pure. */

/** A command line. */
export interface CommandLine {
  /** All of it, without the program's name. */
  readonly parameters: readonly string[];
  /** Whether the result is asked for as JSON. */
  readonly json: boolean;
  /** Whether only the version is asked for. */
  readonly version: boolean;
  /** Whether it names a verb that works long enough to say so before it has begun. */
  readonly takesLong: boolean;
}

/** The verbs that may start the engine. */
export const longVerbs: readonly string[] = ["up", "stop", "rm", "preview", "drift"];

/** Reads a command line. What follows `--` belongs to the command inside the instance. */
export function readCommandLine(parameters: readonly string[]): CommandLine {
  const end = parameters.indexOf("--");
  const own = end === -1 ? parameters : parameters.slice(0, end);
  const [first = ""] = own;
  const help = own.includes("--help") || own.includes("-h");
  return {
    parameters,
    json: own.includes("--json"),
    version: first === "--version" || first === "-V",
    takesLong: longVerbs.includes(first) && !help,
  };
}
