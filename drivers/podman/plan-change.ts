/** Decides how a container is brought to what is desired. Pure. */

import type { InstanceProperties } from "../../settings/instance-properties";
import type { ChangeKind, ObservedProperties } from "../driver";

/** What a container cannot change while it lives: it is made again with its writable layer. */
const fixedAtCreation: readonly (keyof InstanceProperties)[] = [
  "command",
  "ports",
  "volumes",
  "environmentDigest",
  "labels",
];

/** The properties that differ; one that the backend does not show now is taken as right. */
export function differences(observed: ObservedProperties, desired: InstanceProperties): (keyof InstanceProperties)[] {
  const names = Object.keys(desired) as (keyof InstanceProperties)[];
  return names.filter((name) => {
    const real = observed[name];
    return real !== undefined && canonical(real) !== canonical(desired[name]);
  });
}

/** How the difference is made up: an image is replaced, what is fixed at creation is recreated, the rest changes in place. */
export function planChange(observed: ObservedProperties, desired: InstanceProperties): ChangeKind {
  const changed = differences(observed, desired);
  if (changed.length === 0) return "none";
  if (changed.includes("image")) return "replace";
  return changed.some((name) => fixedAtCreation.includes(name)) ? "recreate" : "in place";
}

function canonical(value: unknown): string {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  return JSON.stringify(isMap ? Object.entries(value).sort() : value);
}
