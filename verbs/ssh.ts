import { spawn } from "node:child_process";
import { constants } from "node:os";
import * as z from "zod";
import { backendAccess } from "../host/backend-access";
import { GroundworkError } from "../settings/errors";
import { file } from "./inputs";
import { requireRunning } from "./project";
import { verb, type VerbContext } from "./verb";

/** A shell in the instance, or one command; its exit status is ours. */
export const ssh = verb({
  name: "ssh",
  summary: "open a shell in the instance, or run a command there",
  input: z.object({
    file,
    command: z.array(z.string()).default([]).meta({ description: "the command to run there; a shell by default" }),
  }),
  output: z.object({ exitStatus: z.number() }),
  changes: false,
  async run(input, context) {
    const { target, driver } = await requireRunning(context, input.file);
    const [program = "", ...parameters] = driver.execCommand(target, input.command, context.terminal);
    return { exitStatus: await attach(context, program, parameters) };
  },
  text: () => "",
  exitStatus: ({ exitStatus }) => exitStatus,
});

/** Runs the program on our own terminal; it alone gets the signals of the keyboard while it runs. */
function attach(context: VerbContext, program: string, parameters: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const { environment } = backendAccess(context.home);
    const child = spawn(program, parameters, { stdio: "inherit", env: environment });
    context.signal.addEventListener("abort", () => child.kill());
    child.on("error", (cause) =>
      reject(
        new GroundworkError("SSH_CONNECTION_FAILED", `${program} could not be started: ${cause.message}`, { cause }),
      ),
    );
    child.on("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
