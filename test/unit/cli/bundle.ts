/** Runs TypeScript in a process of its own: for what ends a process, or needs its signals and its exit status. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

/** Where and with which variables, besides this process's own, a program runs. */
export interface Surroundings {
  readonly environment?: NodeJS.ProcessEnv;
  /** @default this process's own */
  readonly directory?: string;
  /** The width of a terminal to run at; see test/support/terminal.py. @default no terminal, but pipes */
  readonly columns?: number;
}

/**
 * Bundles a program for the tests of a file; the function it returns starts it. `code` imports from the
 * repository's root, and finds itself in an installation of version 1.2.3.
 */
export function useProgram(code: string): (parameters?: string[], surroundings?: Surroundings) => ChildProcess {
  const started: ChildProcess[] = [];
  let directory = "";
  jest.setTimeout(patienceMs);
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "groundwork-program-"));
    writeFileSync(join(directory, "Pulumi.yaml"), "");
    writeFileSync(join(directory, "package.json"), JSON.stringify({ version: "1.2.3" }));
    const stdin = { contents: code, resolveDir: join(__dirname, "..", "..", ".."), loader: "ts" as const };
    buildSync({ stdin, bundle: true, platform: "node", outfile: join(directory, "program.js"), logLevel: "error" });
  });
  afterEach(() => {
    for (const child of started.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (parameters = [], surroundings = {}) => {
    // Jest tells its workers to write in colours.
    const env = { ...process.env, FORCE_COLOR: undefined, ...surroundings.environment };
    const program = [process.execPath, join(directory, "program.js"), ...parameters];
    const [file = "", ...rest] = surroundings.columns === undefined ? program : terminal(surroundings.columns, program);
    const child = spawn(file, rest, { env, cwd: surroundings.directory, stdio: "pipe" });
    started.push(child);
    return child;
  };
}

function terminal(columns: number, program: readonly string[]): string[] {
  return ["python3", join(__dirname, "..", "..", "support", "terminal.py"), String(columns), ...program];
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
