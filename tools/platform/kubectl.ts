/**
 * Talks to the cluster by kubectl, which knows every way of logging in that a kubeconfig may name, and keeps a tunnel to a pod;
 * the same by the API would be a library and its WebSockets.
 */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { GroundworkError } from "../../settings/errors";
import { run } from "../setup/processes";
import { lastLine } from "../setup/texts";

const program = "kubectl";

/** Runs kubectl in the cluster of the kubeconfig in use. @throws GroundworkError PROVIDER_NOT_AVAILABLE */
export async function kubectl(...parameters: readonly string[]): Promise<string> {
  try {
    return await run(program, parameters, { timeoutSeconds: 60 });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw unavailable(message, cause);
  }
}

function unavailable(message: string, cause?: unknown): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `The cluster cannot be asked: ${message}.`, {
    suggestion:
      "Install kubectl, and write the stack's kubeconfig to a file that KUBECONFIG names: `pulumi stack output kubeconfig --show-secrets`.",
    cause,
  });
}

/** A port of a pod, on this machine's loopback. */
export interface Tunnel {
  readonly port: number;
  close(): void;
}

/** Forwards a port of a pod, also of one that is not ready. */
export async function tunnel(namespace: string, pod: string, port: number): Promise<Tunnel> {
  const parameters = ["-n", namespace, "port-forward", `pod/${pod}`, `:${port}`, "--address", "127.0.0.1"];
  const child = spawn(program, parameters, { stdio: ["ignore", "pipe", "pipe"], env: process.env });
  return { port: await localPort(child), close: () => child.kill() };
}

function localPort(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = portOf(line);
      if (port !== undefined) resolve(port);
    });
    child.on("error", (error) => reject(unavailable(error.message, error)));
    child.on("close", () => reject(unavailable(lastLine(said) ?? "the tunnel ended")));
  });
}

/** The local port in a line of `kubectl port-forward`. */
export function portOf(line: string): number | undefined {
  const match = /^Forwarding from 127\.0\.0\.1:(\d+) ->/.exec(line);
  return match === null ? undefined : Number(match[1]);
}
