/**
 * Talks to the cluster of the kubeconfig in use by kubectl, which knows every way of logging in that it may name, and keeps a tunnel
 * to a pod; the same by the API would be a library and its WebSockets. Where the kubeconfig is a text, see host/kubectl.ts.
 */

import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Output } from "tinyexec";
import { callKubectl, type CallOptions } from "../host/kubectl";
import { GroundworkError } from "../settings/errors";

const program = "kubectl";

/** Which cluster is meant. */
export interface ClusterChoice {
  /** The file that says so. @default the one in use: KUBECONFIG, else kubectl's own */
  readonly kubeconfig?: string | undefined;
  /** The context of the kubeconfig. @default the current one */
  readonly context?: string | undefined;
}

/** How a question to the cluster is put. */
export interface KubectlOptions extends CallOptions, ClusterChoice {
  /** When it is ended, and so fails. @default 60 */
  readonly limitSeconds?: number;
}

/** Runs kubectl to its end; a failure is an answer. @throws GroundworkError PROVIDER_NOT_AVAILABLE without kubectl */
export async function askKubectl(parameters: readonly string[], options: KubectlOptions = {}): Promise<Output> {
  const { kubeconfig, context, ...rest } = options;
  const all = [...flagsOf({ kubeconfig, context }), ...parameters];
  return await callKubectl(all, { limitSeconds: 60, ...rest });
}

function flagsOf({ kubeconfig, context }: ClusterChoice): readonly string[] {
  return [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...(context === undefined ? [] : ["--context", context]),
  ];
}

/** Runs kubectl, and returns its trimmed output. @throws GroundworkError PROVIDER_NOT_AVAILABLE when it fails */
export async function kubectl(parameters: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await askKubectl(parameters, options);
  if (exitCode === 0) return stdout.trim();
  throw unavailable(lastLine(stderr) ?? `${program} ${parameters[0] ?? ""} did not end in time`);
}

/** Reads objects, or one, as the API server shows them. @param what as after `kubectl get` */
export async function getObjects(what: readonly string[], options: KubectlOptions = {}): Promise<unknown> {
  return JSON.parse(await kubectl(["get", ...what, "--output", "json"], options)) as unknown;
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").at(-1)?.trim() || undefined;
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
  /** Resolves when it leads nowhere any more: it was closed, or its pod is gone. */
  readonly ended: Promise<void>;
  /** Ends it; resolves when nothing of it is left. */
  close(): Promise<void>;
}

/** The end of a tunnel in the cluster. */
export interface TunnelEnd {
  readonly namespace: string;
  /** A pod, also one that is not ready, or a service, of which one pod is taken. */
  readonly to: `${"pod" | "service"}/${string}`;
  readonly port: number;
}

/**
 * Leads a free port of this machine there until it is closed or the signal is aborted.
 *
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE with kubectl's own words
 */
export async function tunnel(
  { namespace, to, port }: TunnelEnd,
  { signal, ...choice }: ClusterChoice & Pick<CallOptions, "signal"> = {},
): Promise<Tunnel> {
  const parameters = ["-n", namespace, "port-forward", to, `:${port}`, "--address", "127.0.0.1"];
  const child = spawn(program, [...flagsOf(choice), ...parameters], {
    stdio: ["ignore", "pipe", "pipe"],
    env: process.env,
    signal,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = (): Promise<void> => {
    child.kill();
    return ended;
  };
  return { port: await localPort(child), ended, close };
}

function localPort(child: ChildProcessByStdio<null, Readable, Readable>): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    let failed: Error | undefined;
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = portOf(line);
      if (port !== undefined) resolve(port);
    });
    child.on("error", (error) => (failed = error));
    // Not before: what is told of has ended then.
    child.on("close", () => reject(unavailable(failed?.message ?? lastLine(said) ?? "the tunnel ended", failed)));
  });
}

/** The local port in a line of `kubectl port-forward`. */
export function portOf(line: string): number | undefined {
  const match = /^Forwarding from 127\.0\.0\.1:(\d+) ->/.exec(line);
  return match === null ? undefined : Number(match[1]);
}
