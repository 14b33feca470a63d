/** Asks what a platform would register, by the program itself under Pulumi's mocks. The engine is not started. */

import { join } from "node:path";
import { x } from "tinyexec";
import { GroundworkError, type ErrorObject } from "../settings/errors";
import { findInstallation } from "./installation";

/** The config of a stack as its file has it: keys with their namespace, secrets encrypted. */
export type WrittenConfig = Readonly<Record<string, unknown>>;

/** One resource that the program registers. */
export interface PlatformResource {
  readonly type: string;
  readonly name: string;
  /** The parent's name; empty for one at the stack's root. */
  readonly parent: string;
  /** The parent's type, for a name that several have. */
  readonly parentType: string;
  /** Secrets in it are placeholders. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** What one config gives: the resources in the order of their registration, or the error that the program would end with. */
export type PlatformAnswer = readonly PlatformResource[] | ErrorObject;

/**
 * What each of these configs gives.
 *
 * @throws GroundworkError ENGINE_FAILED when the program cannot be run
 */
export async function askPlatforms(
  stack: string,
  configs: readonly WrittenConfig[],
): Promise<readonly PlatformAnswer[]> {
  const program = join(findInstallation().directory, "dist", "registrations.js");
  const { exitCode, stdout, stderr } = await x(process.execPath, [program], {
    stdin: JSON.stringify({ stack, configs }),
    nodePath: false,
  });
  if (exitCode === 0) return JSON.parse(stdout) as readonly PlatformAnswer[];
  throw new GroundworkError("ENGINE_FAILED", `The platform's program failed: ${stderr.trim()}`, {
    suggestion: "Run `make build`, then the same command again.",
  });
}

/** What one config gives. @throws GroundworkError what the program would end with */
export async function platformResources(stack: string, config: WrittenConfig): Promise<readonly PlatformResource[]> {
  const [answer] = await askPlatforms(stack, [config]);
  if (answer === undefined) throw new Error("the platform's program gave no answer");
  if (!("error" in answer)) return answer;
  const { code, message, suggestion } = answer.error;
  const { violations, ...details } = answer.error.details as { violations?: [] };
  throw new GroundworkError(code, message, { suggestion, details, violations: violations ?? [] });
}
