/** Decides how a container is brought to what is desired. Pure. */

import type { InstanceProperties } from "../../settings/instance-properties";
import { differences, type ChangeKind, type ObservedProperties } from "../driver";

/** What a container cannot change while it lives: it is made again with its writable layer. */
const fixedAtCreation: readonly (keyof InstanceProperties)[] = [
  "command",
  "ports",
  "volumes",
  "network",
  "machines",
  "ipAddress",
  "environmentDigest",
  "labels",
];

/** How differences of these properties are made up; the strongest counts. */
export function changeOf(changed: readonly string[]): ChangeKind {
  if (changed.length === 0) return "none";
  if (changed.includes("exists")) return "create";
  if (changed.includes("image")) return "replace";
  if (fixedAtCreation.some((name) => changed.includes(name))) return "recreate";
  return changed.includes("running") ? "restart" : "in place";
}

/** How a container is brought to what is desired. */
export function planChange(observed: ObservedProperties, desired: InstanceProperties): ChangeKind {
  return changeOf(differences(observed, desired));
}
