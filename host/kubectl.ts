/** Calls kubectl, by itself or with a kubeconfig that is nowhere else on this host. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { x, type Output } from "tinyexec";
import { GroundworkError } from "../settings/errors";

/** Which cluster is meant. */
export interface ClusterAccess {
  /** The text of the file. */
  readonly kubeconfig: string;
  /** @default the file's current context */
  readonly context?: string | undefined;
}

/**
 * Runs kubectl and returns its standard output.
 *
 * @param stdin what it reads. @default nothing
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE without kubectl, {@link ClusterUnreachable} where the cluster does not answer,
 *   ENGINE_FAILED with kubectl's own words otherwise
 */
export async function kubectl(access: ClusterAccess, parameters: readonly string[], stdin = ""): Promise<string> {
  const context = access.context === undefined ? [] : ["--context", access.context];
  return await withKubeconfig(access.kubeconfig, async (file) => {
    const all = ["--kubeconfig", file, ...context, ...parameters];
    const { exitCode, stdout, stderr } = await callKubectl(all, { stdin });
    if (exitCode === 0) return stdout;
    throw failed(parameters[0] ?? "", stderr.trim());
  });
}

/** Does something with a file that holds a kubeconfig, which is there for that time alone and for its owner's eyes. */
export async function withKubeconfig<T>(kubeconfig: string, work: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "groundwork-kubectl-"));
  const file = join(folder, "kubeconfig");
  try {
    writeFileSync(file, kubeconfig, { mode: 0o600 });
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How a call is put. */
export interface CallOptions {
  /** What kubectl reads. @default nothing */
  readonly stdin?: string | undefined;
  /** When it is ended; its exit code is undefined then. @default never */
  readonly limitSeconds?: number;
  /** Aborted: it is ended; its exit code is undefined then. @default never */
  readonly signal?: AbortSignal | undefined;
}

/** Runs kubectl to its end; a failure is an answer. @throws GroundworkError PROVIDER_NOT_AVAILABLE without kubectl */
export async function callKubectl(parameters: readonly string[], options: CallOptions = {}): Promise<Output> {
  const { stdin = "", limitSeconds, signal } = options;
  const limit = {
    ...(limitSeconds === undefined ? {} : { timeout: limitSeconds * 1000 }),
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    const running = x("kubectl", [...parameters], { stdin, nodePath: false, ...limit });
    // One that ends before it has read all is told by how it ended.
    running.process?.stdin?.on("error", () => undefined);
    return await running;
  } catch (cause) {
    throw notThere(cause);
  }
}

function notThere(cause: unknown): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", "There is no kubectl on the PATH.", {
    suggestion: "Install it: https://kubernetes.io/docs/tasks/tools says how; then run the same command again.",
    cause,
  });
}

/** A cluster that does not answer: it is gone, or its access list keeps us out. */
export class ClusterUnreachable extends GroundworkError {
  constructor(said: string) {
    super("PROVIDER_NOT_AVAILABLE", `The cluster does not answer: ${said}`, {
      suggestion: "Check the cluster and its access list, then run the same command again.",
    });
  }
}

function failed(verb: string, said: string): GroundworkError {
  const isAway = /unable to connect|connection refused|i\/o timeout|no such host|was refused/i.test(said);
  return isAway
    ? new ClusterUnreachable(said)
    : new GroundworkError("ENGINE_FAILED", `kubectl ${verb} failed: ${said}`);
}
