/** Decides how a virtual machine is brought to what is desired. Pure. */

import type { InstanceProperties } from "../../settings/instance-properties";
import type { ChangeKind } from "../driver";

/** What a machine takes on when it starts. */
const atStart: readonly (keyof InstanceProperties)[] = ["name", "memoryMiB", "cpus", "network", "running"];

/** How differences of these properties are made up; the strongest counts. */
export function changeOf(changed: readonly string[]): ChangeKind {
  if (changed.length === 0) return "none";
  if (changed.includes("exists")) return "create";
  if (changed.includes("image")) return "replace";
  return atStart.some((name) => changed.includes(name)) ? "restart" : "in place";
}
