/** The plain texts inside a value of the engine's, or of a stack's configuration. */

import { unknownValue } from "../../settings/instance-properties";

/** Marks an object that stands for a secret. @see sdk/nodejs/runtime/rpc.ts of Pulumi */
const signature = "4dabf18193072939515e22adb298388d";

/** One text, and where it stands. */
export interface Leaf {
  /** The names on the way; of a list its positions. */
  readonly path: readonly string[];
  readonly text: string;
}

/** Every text that is neither encrypted nor inside something that is. What only the apply finds out is none yet. */
export function plainLeaves(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value === "string") return ["", unknownValue].includes(value) ? [] : [{ path, text: value }];
  if (typeof value !== "object" || value === null || isEncrypted(value)) return [];
  return Object.entries(value).flatMap(([name, inside]) => plainLeaves(inside, [...path, name]));
}

/** A secret of an event or a state has Pulumi's mark; one of a configuration is a map with `secure` alone. */
function isEncrypted(value: object): boolean {
  const names = Object.keys(value);
  return names.includes(signature) || (names.length === 1 && names[0] === "secure");
}

/** A path as Pulumi writes it: `pools[0].type`, `data["tls.key"]`. */
export function formatPath(path: readonly string[]): string {
  return path.reduce((text, name) => {
    if (/^\d+$/.test(name)) return `${text}[${name}]`;
    if (!/^[\w:-]+$/.test(name)) return `${text}["${name}"]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}
