/** Runs a program whose output is the user's: on our own streams, or kept as part of the result. */

import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { backendAccess } from "../host/backend-access";
import { GroundworkError } from "../settings/errors";
import type { VerbContext } from "./verb";

/** How a program ended; what it wrote only where it was captured, as with `--json`. */
export const programResult = z.object({
  exitCode: z.number(),
  stdout: z.string().optional(),
  stderr: z.string().optional(),
});

/** See {@link programResult}. */
export type ProgramResult = z.infer<typeof programResult>;

/** What a shell reports for a program that Ctrl-C ended: 128 and SIGINT. */
const interrupted = 128 + constants.signals.SIGINT;

/**
 * Runs the program to its end. Standard input is ours, and so are the other streams unless `context.capture`;
 * its exit code, or 128 and the signal that ended it, is the result.
 *
 * @throws SSH_CONNECTION_FAILED when it cannot be started
 */
export async function attach(context: VerbContext, command: readonly string[]): Promise<ProgramResult> {
  const [program = "", ...parameters] = command;
  const output = context.capture ? "pipe" : "inherit";
  const { environment } = backendAccess(context.home);
  const child = spawn(program, parameters, { stdio: ["inherit", output, output], env: environment });
  const end = () => child.kill();
  context.signal.addEventListener("abort", end);
  try {
    const ended = endOf(child, program);
    if (child.stdout === null || child.stderr === null) return { exitCode: await codeOf(ended, context) };
    const [exitCode, stdout, stderr] = await Promise.all([
      codeOf(ended, context),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { exitCode, stdout, stderr };
  } finally {
    context.signal.removeEventListener("abort", end);
  }
}

async function codeOf(ended: Promise<number>, context: VerbContext): Promise<number> {
  const code = await ended;
  return context.signal.aborted ? interrupted : code;
}

function endOf(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", (cause) =>
      reject(
        new GroundworkError("SSH_CONNECTION_FAILED", `${program} could not be started: ${cause.message}`, { cause }),
      ),
    );
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
