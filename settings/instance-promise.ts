/** What an instance asks of its host. */

import type { InstanceSpec } from "./instance-spec";

/** What one instance asks of the host it lives on: an {@link InstanceSpec} is one, but for the project directory. */
export interface InstancePromise extends Pick<
  InstanceSpec,
  "id" | "name" | "backend" | "memoryMiB" | "cpus" | "diskGiB" | "power" | "ports" | "networkMode" | "ipAddress"
> {
  /** The directory of the project that the instance belongs to. @default none: the stack is shared */
  readonly projectDirectory?: string | undefined;
}
