/** Real processes for tests: a TypeScript file of this folder, bundled and run by Node. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** Starting Node takes long on a busy machine; no test waits for this limit when all is well. */
const patienceMs = 60_000;

/**
 * Bundles a worker for the tests of a file. The function it returns starts one; what still runs at a test's end is killed.
 *
 * @param variables added to its environment. @default none
 */
export function useWorker(
  name: string,
  variables: () => NodeJS.ProcessEnv = () => ({}),
): (...args: string[]) => ChildProcess {
  const started: ChildProcess[] = [];
  let directory = "";
  jest.setTimeout(patienceMs);
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "groundwork-worker-"));
    const entryPoints = [join(__dirname, `${name}.ts`)];
    buildSync({ entryPoints, bundle: true, platform: "node", outdir: directory, logLevel: "error" });
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map(kill));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return (...args) => {
    const worker = fork(join(directory, `${name}.js`), args, {
      execArgv: [],
      env: { ...process.env, ...variables() },
    });
    started.push(worker);
    return worker;
  };
}

/** The next message of a worker; fails when it exits first. */
export async function message<T>(worker: ChildProcess): Promise<T> {
  const done = new AbortController();
  const { signal } = done;
  const said = once(worker, "message", { signal }).then(([content]) => content as T);
  const exited = once(worker, "exit", { signal }).then(([code]): never => {
    throw new Error(`The worker ended with ${String(code)} before it said anything.`);
  });
  try {
    return await Promise.race([said, exited]);
  } finally {
    done.abort();
  }
}

/** Kills a worker with SIGKILL and waits until it is gone. */
export async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode === null && worker.signalCode === null) {
    const gone = once(worker, "exit");
    worker.kill("SIGKILL");
    await gone;
  }
}
