/**
 * What the tool can do. A verb is declared once: its input and output as zod schemas, whether it
 * changes anything, and how it runs. The command line and the MCP server render the same verbs.
 */

import type * as z from "zod";
import type { Installation } from "../engine/installation";
import type { Home } from "../host/home";

/**
 * What is being done, told while a longer run goes on. Stages follow one another: a new message begins a stage and ends
 * the one before; the same message again counts its steps. A verb that does several things at once tells one stage
 * and counts.
 */
export interface Progress {
  /** For people: `creating web`. */
  readonly message: string;
  /**
   * The kind of stage, the same for every project: how long it takes is remembered by it. @default the message, and
   * nothing is remembered
   */
  readonly stage?: string;
  /** Steps done; together with `total`. @default not known */
  readonly current?: number;
  /** Steps in all. @default not known */
  readonly total?: number;
  /** Whether the stage before this one failed. @default it finished */
  readonly afterFailure?: boolean;
}

/** What a verb finds around it. */
export interface VerbContext {
  /** The directory the user is in. */
  readonly directory: string;
  readonly home: Home;
  readonly installation: Installation;
  /** The one way for a verb to say what it does. */
  readonly progress: (progress: Progress) => void;
  /** Aborted when the user asks to stop. */
  readonly signal: AbortSignal;
  /** Whether a person sits at a terminal that a program inside the instance can use. */
  readonly terminal: boolean;
  /** Whether what a program inside the instance writes is part of the result, as with `--json`, or goes to our own streams. */
  readonly capture: boolean;
}

/** One thing the tool can do. */
export interface Verb<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodType = z.ZodType> {
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  readonly input: Input;
  readonly output: Output;
  /** Whether it changes anything. A verb that does not may be called as often as one likes. */
  readonly changes: boolean;
  /**
   * @throws GroundworkError
   */
  run(input: z.output<Input>, context: VerbContext): Promise<z.output<Output>>;
  /** The output for people. */
  text(output: z.output<Output>): string;
  /** The exit status of an output that is not a plain success. @default 0 */
  exitStatus?(output: z.output<Output>): number;
}

/** Declares a verb, with the types of its schemas. */
export function verb<Input extends z.ZodObject, Output extends z.ZodType>(declaration: Verb<Input, Output>): Verb {
  return declaration;
}
