/** Runs other programs for set-up: quickly and quietly, or with a line of progress every few seconds. */

import { x } from "tinyexec";
import { lastLine } from "./texts";

/** How a program is started. */
export interface RunOptions {
  /** @default the current folder */
  readonly cwd?: string;
  /** Variables on top of this process's own. @default none */
  readonly env?: NodeJS.ProcessEnv;
  /** The program is ended after this time, and that is a failure. @default no limit */
  readonly timeoutSeconds?: number;
}

/** How a long stage reports. */
export interface StageOptions extends RunOptions {
  /** What a line of the program's output says about progress; undefined: nothing. @default the line itself */
  readonly describe?: (line: string) => string | undefined;
}

/** Says one line of progress; results go to stdout, progress to stderr. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a program and returns its standard output, trimmed.
 *
 * @throws Error with the program's last line when it is missing, fails or takes too long
 */
export async function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<string> {
  const started = startOf(program, parameters, options);
  const { stdout, stderr, exitCode } = await started.catch((error: unknown) => {
    throw cannotStart(program, error);
  });
  if (exitCode !== 0) throw failed(program, parameters, exitCode, lastLine(stderr) ?? lastLine(stdout), options);
  return stdout.trim();
}

/** How many of a failed program's last lines are shown. */
const tailLength = 10;

/** The seconds between two lines of progress. */
const progressSeconds = 5;

/**
 * Runs a program that takes long. While it runs, says every few seconds how long it has taken and what it does.
 *
 * @param stage what is done, at the start of each line
 * @throws Error with the program's last line when it is missing, fails or takes too long
 */
export async function runStage(
  stage: string,
  program: string,
  parameters: readonly string[],
  options: StageOptions = {},
): Promise<void> {
  const started = startProcess(program, parameters, options);
  const describe = options.describe ?? ((line: string) => line);
  const lines: string[] = [];
  let doing = "";
  const stop = reportEvery(stage, () => doing);
  try {
    for await (const line of started) {
      if (line.trim() !== "") lines.push(line.trim());
      doing = describe(line.trim()) ?? doing;
    }
  } catch (error) {
    throw cannotStart(program, error);
  } finally {
    stop();
  }
  if (started.exitCode === 0) return;
  for (const line of lines.slice(-tailLength)) say(`  ${line}`);
  throw failed(program, parameters, started.exitCode, lines.at(-1), options);
}

/** Says `stage: 10 s, what it does` until the returned function is called. */
export function reportEvery(stage: string, doing: () => string): () => void {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    say([`${stage}: ${String(seconds)} s`, doing()].filter((part) => part !== "").join(", "));
  }, progressSeconds * 1000);
  return () => {
    clearInterval(timer);
  };
}

function startProcess(program: string, parameters: readonly string[], options: RunOptions): ReturnType<typeof x> {
  const { cwd, env, timeoutSeconds } = options;
  return x(program, [...parameters], {
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds * 1000 }),
    nodePath: false,
    nodeOptions: {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    },
  });
}

async function startOf(program: string, parameters: readonly string[], options: RunOptions) {
  return await startProcess(program, parameters, options);
}

function cannotStart(program: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  return new Error(code === "ENOENT" ? `there is no ${program}` : `${program} could not be started`, { cause });
}

function failed(
  program: string,
  parameters: readonly string[],
  exitCode: number | undefined,
  last: string | undefined,
  options: RunOptions,
): Error {
  const limit = options.timeoutSeconds;
  const how =
    exitCode === undefined
      ? limit === undefined
        ? "was ended by a signal"
        : `took longer than ${String(limit)} s`
      : `ended with status ${String(exitCode)}`;
  return new Error([`${program} ${parameters[0] ?? ""} ${how}`, last].filter((part) => part !== undefined).join(": "));
}
