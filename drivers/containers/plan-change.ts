/** Decides how a container is brought to what is desired. Pure. */

import type { InstanceProperties } from "../../settings/instance-properties";
import { differences, type ChangeKind, type ObservedProperties } from "../driver";

/** What a container cannot change while it lives: it is made again with its writable layer. */
const fixedAtCreation: readonly (keyof InstanceProperties)[] = [
  "command",
  "ports",
  "volumes",
  "network",
  "environmentDigest",
  "labels",
];

/** How the difference is made up: an image is replaced, what is fixed at creation is recreated, the rest changes in place. */
export function planChange(observed: ObservedProperties, desired: InstanceProperties): ChangeKind {
  const changed = differences(observed, desired);
  if (changed.length === 0) return "none";
  if (changed.includes("image")) return "replace";
  return changed.some((name) => fixedAtCreation.includes(name)) ? "recreate" : "in place";
}
