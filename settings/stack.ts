/** (thin) */
import type { HostDefaults } from "./host-defaults";
import type { InstanceSpec, Power } from "./instance-spec";
import { GroundworkError } from "./errors";
import type { VolumeContext } from "./volumes";

/** What this host is told about itself. */
export interface HostSettings {
  /** The memory that instances may be promised together. @default what the host has, less the reserve */
  readonly memoryMiB?: number;
  /** The memory that stays with the host. @default 512 */
  readonly reserveMiB: number;
}

/** What a stack's config is read in. */
export interface StackContext extends VolumeContext {
  readonly stack: string;
  /** The installation's folder. */
  readonly directory: string;
  readonly hostDefaults: HostDefaults;
}

/** What a stack is told to be. */
export type StackSettings =
  | {
      readonly kind: "project";
      readonly directory: string;
      readonly file: string;
      readonly power: Power;
      readonly host: HostSettings;
    }
  | { readonly kind: "instances"; readonly instances: readonly InstanceSpec[]; readonly host: HostSettings }
  | { readonly kind: "platform" };

export function parseStack(_config: unknown, context: StackContext): StackSettings {
  throw platformNotAvailable(context.stack);
}

export function platformNotAvailable(stack: string): GroundworkError {
  return new GroundworkError("CONFIG_INVALID", stack);
}
