/** Runs libvirt's `virsh`, and turns its failures into errors that a user can act on. */

import { x } from "tinyexec";
import { GroundworkError, type ErrorCode } from "../../settings/errors";

/** How `virsh` is called. */
export interface VirshOptions {
  /** The program's path. @default found on the PATH */
  readonly path?: string | undefined;
  /** The environment of the call. LIBVIRT_DEFAULT_URI in it names another libvirt than the system's. */
  readonly environment: NodeJS.ProcessEnv;
}

/** One call's result. */
export interface VirshResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `virsh`, connected to the system's libvirt unless the environment says otherwise. */
export class Virsh {
  private readonly path: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor({ path, environment }: VirshOptions) {
    this.path = path ?? "virsh";
    this.environment = { LIBVIRT_DEFAULT_URI: "qemu:///system", ...environment, LC_ALL: "C" };
  }

  /**
   * Runs one command of virsh and returns whatever exit status it had.
   *
   * @throws PROVIDER_NOT_AVAILABLE when virsh is missing or libvirt does not answer
   */
  async call(parameters: readonly string[]): Promise<VirshResult> {
    let result;
    try {
      result = await x(this.path, ["--quiet", ...parameters], { nodeOptions: { env: this.environment } });
    } catch (cause) {
      throw notInstalled(cause);
    }
    const { exitCode = 1, stdout, stderr } = result;
    if (exitCode !== 0 && noConnection.test(stderr)) throw noAnswer(stderr);
    return { exitCode, stdout, stderr };
  }

  /** Runs one command and returns its standard output. @throws what {@link virshError} makes of a failure */
  async run(parameters: readonly string[]): Promise<string> {
    const result = await this.call(parameters);
    if (result.exitCode !== 0) throw virshError(parameters, result);
    return result.stdout.trim();
  }

  /**
   * Runs many commands by one process, each whether the others fail or not; returns all they print. No word of a command
   * may hold what virsh's own shell reads: use names and ids alone.
   */
  async batch(commands: readonly (readonly string[])[]): Promise<string> {
    if (commands.length === 0) return "";
    return (await this.call([commands.map((words) => words.join(" ")).join("; ")])).stdout;
  }
}

const noConnection = /failed to connect to the hypervisor/i;

function notInstalled(cause: unknown): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", "libvirt's program virsh could not be started.", {
    suggestion:
      "Install libvirt and Vagrant (Debian: `apt-get install libvirt-daemon-system libvirt-clients qemu-system-x86 vagrant vagrant-libvirt`).",
    cause,
  });
}

function noAnswer(stderr: string): GroundworkError {
  const isDenied = /permission denied|authentication/i.test(stderr);
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `libvirt does not answer: ${lastMessage(stderr)}.`, {
    suggestion: isDenied
      ? "Let yourself use it: `sudo usermod -aG libvirt $USER`, then log in again."
      : "Start it: `sudo systemctl start libvirtd`, or `sudo libvirtd -d` where there is no systemd.",
  });
}

/** What virsh's messages mean in the contract, first match wins. */
const meanings: readonly { readonly pattern: RegExp; readonly code: ErrorCode; readonly suggestion?: string }[] = [
  { pattern: /already exists with uuid|domain .* is already defined|network .* already exists/i, code: "INFRA_EXISTS" },
  { pattern: /network is already in use by interface/i, code: "INFRA_EXISTS" },
  {
    pattern: /no space left on device/i,
    code: "INSUFFICIENT_RESOURCES",
    suggestion: "Free some space on the disk that holds libvirt's images (`df -h /var/lib/libvirt/images` shows it).",
  },
  { pattern: /cannot set up guest memory|cannot allocate memory/i, code: "INSUFFICIENT_RESOURCES" },
];

/** The error of a failed call. */
export function virshError(parameters: readonly string[], { exitCode, stderr }: VirshResult): GroundworkError {
  const meaning = meanings.find(({ pattern }) => pattern.test(stderr));
  const text = `virsh ${parameters[0] ?? ""} failed with status ${String(exitCode)}: ${lastMessage(stderr)}`;
  return new GroundworkError(meaning?.code ?? "ENGINE_FAILED", text, {
    details: { program: "virsh", status: exitCode },
    ...(meaning?.suggestion === undefined ? {} : { suggestion: meaning.suggestion }),
  });
}

function lastMessage(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (lines.at(-1) ?? "it said nothing").replace(/^error: /, "").replace(/\.$/, "");
}
