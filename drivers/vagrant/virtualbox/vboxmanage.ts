/** Runs VirtualBox's `VBoxManage`, and turns its failures into errors that a user can act on. */

import { existsSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { x } from "tinyexec";
import { GroundworkError } from "../../../settings/errors";
import { saysLocked } from "./answers";
import { installAdvice } from "./install-advice";

/** How `VBoxManage` is called. */
export interface VBoxManageOptions {
  /** The program's path. @default found on the PATH */
  readonly path?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** One call's result. */
export interface VBoxManageResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds that a machine stays locked after it has stopped, at most. */
const lockedLimit = 10_000;

/** `VBoxManage`, of the user who calls it: every user has machines of their own. */
export class VBoxManage {
  private readonly path: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor({ path, environment }: VBoxManageOptions) {
    this.path = path ?? "VBoxManage";
    this.environment = { ...environment, LC_ALL: "C" };
  }

  /**
   * Runs one command and returns whatever exit status it had.
   *
   * @throws PROVIDER_NOT_AVAILABLE when VBoxManage is missing
   */
  async call(parameters: readonly string[]): Promise<VBoxManageResult> {
    try {
      const {
        exitCode = 1,
        stdout,
        stderr,
      } = await x(this.path, [...parameters], {
        nodeOptions: { env: this.environment },
      });
      return { exitCode, stdout, stderr };
    } catch (cause) {
      const release = "/etc/os-release";
      throw new GroundworkError("PROVIDER_NOT_AVAILABLE", "VirtualBox's program VBoxManage could not be started.", {
        suggestion: installAdvice(process.platform, existsSync(release) ? readFileSync(release, "utf8") : ""),
        cause,
      });
    }
  }

  /** Runs one command and returns its standard output; tries again while the machine is locked. @throws ENGINE_FAILED */
  async run(parameters: readonly string[]): Promise<string> {
    const end = performance.now() + lockedLimit;
    for (;;) {
      const result = await this.call(parameters);
      if (result.exitCode === 0) return result.stdout;
      if (!saysLocked(result.stderr) || performance.now() > end) throw vboxManageError(parameters, result);
      await wait(300);
    }
  }
}

/** The error of a failed call. */
export function vboxManageError(
  parameters: readonly string[],
  { exitCode, stderr }: VBoxManageResult,
): GroundworkError {
  const told = /^VBoxManage(?:\.exe)?: error: (.*?)\.?$/m.exec(stderr)?.[1] ?? "it said nothing";
  const message = `VBoxManage ${parameters[0] ?? ""} failed with status ${String(exitCode)}: ${told}`;
  return new GroundworkError("ENGINE_FAILED", message, { details: { program: "VBoxManage", status: exitCode } });
}
