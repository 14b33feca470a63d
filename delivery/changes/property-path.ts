/** Paths of properties as the engine writes them: `spec.ports[0].name`, `labels["app.kubernetes.io/name"]`. Pure. */

import { secretText, unknownText, type Shown } from "./shown";

/** A name, an index in brackets, or a name in brackets and quotes. */
const part = /^\.?([^.[\]"]+)|^\[(\d+)\]|^\.?\["((?:[^"\\]|\\.)*)"\]/;

/** The parts of a path; a path that is not one is a single name. */
export function pathParts(path: string): readonly string[] {
  const parts: string[] = [];
  for (let rest = path; rest !== "";) {
    const match = part.exec(rest);
    if (match === null) return [path];
    const [whole, name, index, quoted] = match;
    parts.push(name ?? index ?? quoted?.replaceAll(/\\(.)/g, "$1") ?? "");
    rest = rest.slice(whole.length);
  }
  return parts;
}

/** What stands at a path; undefined where there is nothing. A secret or an unknown stands for all that is inside it. */
export function valueAt(value: Shown, path: string): Shown {
  let found = value;
  for (const name of pathParts(path)) {
    if (found === secretText || found === unknownText) return found;
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Readonly<Record<string, Shown>>)[name];
  }
  return found;
}
