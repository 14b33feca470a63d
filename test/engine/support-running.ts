/** A run of `vagrantp` that a test interrupts. */

import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Ended, Sandbox } from "../support/sandbox";

/** A started `vagrantp`. */
export interface Running {
  readonly process: ChildProcess;
  /** How it ended; the status of one that a signal ended is -1. */
  readonly ended: Promise<Ended>;
}

/** Starts `vagrantp` in a directory and does not wait for it. */
export function startVagrantp(sandbox: Sandbox, directory: string, ...parameters: string[]): Running {
  const program = resolve(__dirname, "..", "..", "bin", "vagrantp");
  const child = spawn(program, parameters, {
    cwd: directory,
    env: sandbox.environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number>((done, fail) => {
    child.on("error", fail).on("exit", (code) => done(code ?? -1));
  });
  const ended = Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { process: child, ended: ended.then(([exitCode, stdout, stderr]) => ({ exitCode, stdout, stderr })) };
}
