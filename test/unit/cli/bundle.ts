/** Runs TypeScript in a process of its own: for what ends a process, or needs its signals and its exit status. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** How a process ended, and what it printed. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starting Node takes long on a busy machine; no test waits for this limit when all is well. */
const patienceMs = 60_000;

/** Bundles a program for the tests of a file; the function it returns starts it. `code` may import from the repository's root. */
export function useProgram(code: string): (parameters?: string[], environment?: NodeJS.ProcessEnv) => ChildProcess {
  const started: ChildProcess[] = [];
  let directory = "";
  jest.setTimeout(patienceMs);
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "groundwork-program-"));
    const stdin = { contents: code, resolveDir: join(__dirname, "..", "..", ".."), loader: "ts" as const };
    buildSync({ stdin, bundle: true, platform: "node", outfile: join(directory, "program.js"), logLevel: "error" });
  });
  afterEach(() => {
    for (const child of started.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (parameters = [], environment = {}) => {
    const env = { ...process.env, ...environment };
    const child = spawn(process.execPath, [join(directory, "program.js"), ...parameters], { env, stdio: "pipe" });
    started.push(child);
    return child;
  };
}

/** Waits until a process has ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => {
    child.on("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}
