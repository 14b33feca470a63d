/** Runs the `podman` program and turns its failures into errors that a user can act on. */

import { x } from "tinyexec";
import { GroundworkError, type ErrorCode } from "../../settings/errors";

/** How `podman` is called. */
export interface PodmanOptions {
  /** The program's path. @default `podman` on the PATH */
  readonly path?: string | undefined;
  /** The environment of the call, `CONTAINERS_CONF` among it. @default this process's own */
  readonly environment?: NodeJS.ProcessEnv;
}

/** One call's result. */
export interface PodmanResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What one call may be given. */
export interface CallOptions {
  /** Text for the program's standard input. @default nothing */
  readonly stdin?: string | undefined;
  /** Variables added to the environment of this call alone. @default none */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The `podman` program. */
export class PodmanProcess {
  readonly path: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor(options: PodmanOptions = {}) {
    this.path = options.path ?? "podman";
    this.environment = options.environment ?? process.env;
  }

  /**
   * Runs `podman` and returns whatever exit status it had.
   *
   * @throws PROVIDER_NOT_AVAILABLE when the program cannot be started
   */
  async call(parameters: readonly string[], options: CallOptions = {}): Promise<PodmanResult> {
    try {
      const env = { ...this.environment, ...options.environment };
      const command: [string, ...string[]] = [this.path, ...parameters];
      const [program, ...rest] = options.stdin === undefined ? command : byPipe(command);
      const running = x(program, rest, {
        nodeOptions: { env },
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      });
      // A program that ends without reading all of it says why by its exit status.
      running.process?.stdin?.on("error", () => undefined);
      const result = await running;
      if (options.stdin !== undefined && result.exitCode === shellCannotFind) throw missing(this.path);
      return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
    } catch (cause) {
      throw cause instanceof GroundworkError ? cause : notStarted(describe(cause), cause);
    }
  }

  /**
   * Runs `podman` and returns its standard output.
   *
   * @throws the error that {@link podmanError} makes of a failure
   */
  async run(parameters: readonly string[], options: CallOptions = {}): Promise<string> {
    const result = await this.call(parameters, options);
    if (result.exitCode !== 0) throw podmanError(parameters, result);
    return result.stdout.trim();
  }
}

/** Node's pipes are sockets, which no program can open by the name /dev/stdin; a shell's are pipes. */
function byPipe(command: readonly string[]): [string, ...string[]] {
  return ["sh", "-c", 'cat | exec "$@"', "sh", ...command];
}

/** The exit status of a POSIX shell for a program that it cannot find. */
const shellCannotFind = 127;

function missing(path: string): GroundworkError {
  return notStarted(`there is no program ${path}`, undefined);
}

function notStarted(reason: string, cause: unknown): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `podman could not be started (${reason})`, { cause });
}

function describe(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === "ENOENT" ? "there is no such program" : String(code ?? cause);
}

/**
 * What podman's messages mean in the contract, first match wins. The texts are podman's and the
 * runtimes' own: 4.3.1 and 5.x, netavark, rootlessport.
 */
const meanings: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly suggestion?: string }[] = [
  { pattern: /address already in use|port is already allocated|proxy already running/i, code: "PORT_CONFLICT" },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: "INSUFFICIENT_RESOURCES",
    suggestion: "Free some disk: `podman system df` shows what uses it, `podman system prune` removes what is unused.",
  },
  {
    pattern:
      /image not known|no such image|unable to pull|manifest unknown|short-name|initializing source|invalid reference/i,
    code: "CONFIG_INVALID",
    suggestion:
      "Correct IMAGE, or bring the image to this host: `podman pull IMAGE`. Without IMAGE the default image is used.",
  },
  {
    pattern: /executable file .* not found|no such file or directory.*OCI runtime attempted to invoke/i,
    code: "CONFIG_INVALID",
    suggestion: "Correct COMMAND: the image holds no such program.",
  },
  {
    pattern: /statfs .*no such file or directory/i,
    code: "CONFIG_INVALID",
    suggestion: "Correct VOLUMES: there is no such directory on this host.",
  },
  {
    pattern: /cannot assign requested address/i,
    code: "CONFIG_INVALID",
    suggestion: "Correct PORTS: this host does not have that address.",
  },
  { pattern: /name .* is (already )?in use/i, code: "INFRA_EXISTS" },
  {
    pattern: /cannot connect to podman|permission denied|operation not permitted|OCI permission/i,
    code: "PROVIDER_NOT_AVAILABLE",
  },
];

/** The error of a failed call: podman's last message, and what it means in the contract. */
export function podmanError(parameters: readonly string[], result: PodmanResult): GroundworkError {
  const message = lastMessage(result.stderr) || `it said nothing`;
  const meaning = meanings.find(({ pattern }) => pattern.test(result.stderr));
  const text = `podman ${parameters[0] ?? ""} failed with status ${String(result.exitCode)}: ${message}`;
  return new GroundworkError(meaning?.code ?? "ENGINE_FAILED", text, {
    details: { program: "podman", status: result.exitCode },
    ...(meaning?.suggestion === undefined ? {} : { suggestion: meaning.suggestion }),
  });
}

function lastMessage(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("time="));
  return (lines.at(-1) ?? stderr.trim()).replace(/^Error: /, "");
}
