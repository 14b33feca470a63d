/** What instances of a stack's config may not say because of their type, whatever else is wrong with them. */

import { parseCpus } from "./amounts";
import { parseProvider, parseType } from "./choices";
import type { Violation } from "./errors";
import type { InstanceType } from "./instance-spec";
import { ofOtherType, parseForwardedPorts, parseWholeCpus } from "./of-type";
import { parsePorts } from "./ports";
import { isMap } from "./stack-violations";
import { shorten, type Parsed, type Problem } from "./values";

const keysOf: Readonly<Record<InstanceType, readonly string[]>> = {
  container: ["image", "command", "volumes"],
  vm: ["box", "boxChecksum", "boxPackages", "diskGiB", "sshUser", "sshKey"],
};

/** All violations of the config's instances, read as they stand there. One whose type is wrong has none here. */
export function typeViolations(config: unknown): Violation[] {
  const instances = isMap(config) ? config["instances"] : undefined;
  return Object.entries(isMap(instances) ? instances : {}).flatMap(([id, instance]) => {
    const type = isMap(instance) ? typeOf(instance) : undefined;
    if (!isMap(instance) || type === undefined) return [];
    return problemsOf(instance, type).map(([key, one]) => ({ key: `instances.${shorten(id)}.${key}`, ...one }));
  });
}

function typeOf({ type = "container" }: Record<string, unknown>): InstanceType | undefined {
  const parsed = typeof type === "string" ? parseType(type) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
}

function problemsOf(instance: Record<string, unknown>, type: InstanceType): (readonly [string, Problem])[] {
  const foreign = keysOf[type === "vm" ? "container" : "vm"].filter((key) => Object.hasOwn(instance, key));
  const { provider, cpus, ports } = instance;
  return [
    ...foreign.map((key) => [key, ofOtherType(key, type)] as const),
    ...added("provider", String(provider), parseProvider, (text) => parseProvider(text, type)),
    ...(type === "vm" ? added("cpus", String(cpus), parseCpus, parseWholeCpus) : []),
    ...(type === "vm" && Array.isArray(ports)
      ? added("ports", ports.map(String), parsePorts, parseForwardedPorts)
      : []),
  ];
}

/** What a type refuses of a value that is right in general. */
function added<T>(
  key: string,
  value: T,
  inGeneral: (value: T) => Parsed<unknown>,
  ofType: (value: T) => Parsed<unknown>,
): (readonly [string, Problem])[] {
  const judged = inGeneral(value).ok ? ofType(value) : undefined;
  return judged === undefined || judged.ok ? [] : judged.problems.map((one) => [key, one] as const);
}
