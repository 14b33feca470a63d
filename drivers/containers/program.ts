/** Runs a program of containers, `podman` or `docker`, and turns its failures into errors that a user can act on. */

import { x } from "tinyexec";
import { GroundworkError, type ErrorCode } from "../../settings/errors";
import { Virsh } from "../vagrant/virsh";
import type { Dialect } from "./dialect";

/** How the program is called. */
export interface ProgramOptions {
  /** The program's path. @default found on the PATH by its name */
  readonly path?: string | undefined;
  /** The environment of the call, `CONTAINERS_CONF` among it. @default this process's own */
  readonly environment?: NodeJS.ProcessEnv;
  /** The path of `virsh`. @default found on the PATH */
  readonly virsh?: string | undefined;
}

/** One call's result. */
export interface ProgramResult {
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

/** The program, and its way of saying things. */
export class ContainerProgram {
  readonly path: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What is asked where containers meet virtual machines. */
  readonly virsh: Virsh;

  constructor(
    readonly dialect: Dialect,
    options: ProgramOptions = {},
  ) {
    this.path = options.path ?? dialect.name;
    this.environment = options.environment ?? process.env;
    this.virsh = new Virsh({ path: options.virsh, environment: this.environment });
  }

  /**
   * Runs the program and returns whatever exit status it had.
   *
   * @throws PROVIDER_NOT_AVAILABLE when the program cannot be started
   */
  async call(parameters: readonly string[], options: CallOptions = {}): Promise<ProgramResult> {
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
      if (options.stdin !== undefined && result.exitCode === noSuchProgram)
        throw this.notStarted(`there is no program ${this.path}`, undefined);
      return { exitCode: result.exitCode ?? 1, stdout: result.stdout, stderr: result.stderr };
    } catch (cause) {
      throw cause instanceof GroundworkError ? cause : this.notStarted(describe(cause), cause);
    }
  }

  /**
   * Runs the program and returns its standard output.
   *
   * @throws the error that {@link programError} makes of a failure
   */
  async run(parameters: readonly string[], options: CallOptions = {}): Promise<string> {
    const result = await this.call(parameters, options);
    if (result.exitCode !== 0) throw programError(this.dialect.name, parameters, result);
    return result.stdout.trim();
  }

  /** {@link run}, for what prints one thing a line. */
  async runLines(parameters: readonly string[]): Promise<readonly string[]> {
    return (await this.run(parameters)).split("\n").filter((line) => line !== "");
  }

  /** Whether it runs without root: then its networks are in a network namespace of their own. */
  async isRootless(): Promise<boolean> {
    return /true|rootless/.test(await this.run(this.dialect.rootlessArguments));
  }

  private notStarted(reason: string, cause: unknown): GroundworkError {
    const message = `${this.dialect.name} could not be started (${reason})`;
    return new GroundworkError("PROVIDER_NOT_AVAILABLE", message, { cause });
  }
}

/** Node's pipes are sockets, which no program can open by the name /dev/stdin; a shell's are pipes. */
function byPipe(command: readonly string[]): [string, ...string[]] {
  return ["sh", "-c", `command -v "$1" >/dev/null || exit ${String(noSuchProgram)}; cat | exec "$@"`, "sh", ...command];
}

/** The exit status of our shell for a program that it cannot find; `run` has 125 to 127 for failures of its own. */
const noSuchProgram = 99;

function describe(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === "ENOENT" ? "there is no such program" : String(code ?? cause);
}

/**
 * What the programs' messages mean in the contract, first match wins. The texts are their own and the runtimes':
 * podman 4.3.1 and 5.x, netavark, rootlessport; Docker Engine 20.10 to 28. A suggestion's PROGRAM is the program's name.
 */
const meanings: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly suggestion?: string }[] = [
  {
    // Docker writes of an address with a capital; of a port that is taken all write without.
    pattern: /requested ip address .* is already allocated|: Address already in use$/m,
    code: "PORT_CONFLICT",
    suggestion: "Another container has that address: `PROGRAM ps --all` lists them. Give IP_ADDRESS another value.",
  },
  { pattern: /address already in use|port is already allocated|proxy already running/i, code: "PORT_CONFLICT" },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: "INSUFFICIENT_RESOURCES",
    suggestion:
      "Free some disk: `PROGRAM system df` shows what uses it, `PROGRAM system prune` removes what is unused.",
  },
  {
    pattern:
      /image not known|no such image|unable to pull|pull access denied|manifest unknown|short-name|initializing source|invalid reference|Get "https:/i,
    code: "CONFIG_INVALID",
    suggestion:
      "Correct IMAGE, or bring the image to this host: `PROGRAM pull IMAGE`. Without IMAGE the default image is used.",
  },
  {
    pattern: /executable file (.* )?not found|no such file or directory.*OCI runtime attempted to invoke/i,
    code: "CONFIG_INVALID",
    suggestion: "Correct COMMAND: the image holds no such program.",
  },
  {
    pattern: /statfs .*no such file or directory|bind source path does not exist/i,
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
    pattern: /subnet .* is already used|pool overlaps/i,
    code: "INFRA_EXISTS",
    suggestion:
      "Another network has the subnet that was leased: `PROGRAM network ls` lists them. Remove it and run `vagrantp up`.",
  },
  {
    pattern: /error setting rlimit/i,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion: "Raise this shell's limits (`ulimit -n 1024`), then run the same command again.",
  },
  {
    pattern: /netavark: No such file or directory/i,
    code: "PROVIDER_NOT_AVAILABLE",
    suggestion: "PROGRAM finds no iptables: put /usr/sbin on the PATH, then run the same command again.",
  },
  {
    pattern: /cannot connect to (podman|the docker daemon)|permission denied|operation not permitted|OCI permission/i,
    code: "PROVIDER_NOT_AVAILABLE",
  },
];

/** The error of a failed call: the program's last message, and what it means in the contract. */
export function programError(program: string, parameters: readonly string[], result: ProgramResult): GroundworkError {
  const message = lastMessage(result.stderr) || `it said nothing`;
  const meaning = meanings.find(({ pattern }) => pattern.test(result.stderr));
  const text = `${program} ${parameters[0] ?? ""} failed with status ${String(result.exitCode)}: ${message}`;
  return new GroundworkError(meaning?.code ?? "ENGINE_FAILED", text, {
    details: { program, status: result.exitCode },
    ...(meaning?.suggestion === undefined ? {} : { suggestion: meaning.suggestion.replaceAll("PROGRAM", program) }),
  });
}

/** Podman's log, and Docker's summary of the messages before it. */
const beside = /^time=|^Error: failed to start containers/;

function lastMessage(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !beside.test(line));
  return (lines.at(-1) ?? stderr.trim()).replace(/^Error( response from daemon)?: /, "");
}
