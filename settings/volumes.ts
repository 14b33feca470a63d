/** Directories and named volumes that an instance sees: `source:target[:ro|rw]`. */

import { join, posix, resolve } from "node:path";
import type { VolumeMount } from "./instance-spec";
import { accepted, acceptedUnless, problem, quote, refused, type Parsed, type Problem } from "./values";

/** What paths in a list of volumes stand on. */
export interface VolumeContext {
  /** What relative sources begin at: the project's directory, or the installation's folder. */
  readonly directory: string;
  /** What `~/` means. */
  readonly home: string;
  /** Whether a path of the host exists. @default every path is taken to exist */
  readonly pathExists?: (path: string) => boolean;
  /** Whether a file is closed to all but its owner. @default every file is taken to be so */
  readonly isPrivate?: (path: string) => boolean;
}

/** What an entry of VOLUMES may be, in words. */
export const volumeAllowed = "source:target[:ro|rw] (./src:/srv/src, ~/data:/srv/data:ro, cache:/var/cache)";
const sourceAllowed = "a path that begins with ./, ../, / or ~/, or a volume's name of letters, digits, _, . and -";
const existsAllowed = "a path that exists, or the name of a volume";
const targetAllowed = "an absolute path other than /";
const modeAllowed = "ro or rw";

const unspeakable = /[,:\0]/;
const unspeakableHint = "a path that holds a comma or a colon cannot be written here";

/** `.hidden` is none: it is neither written as a path nor a name. */
const pathPattern = /^(?:\/|\.{1,2}(?:\/|$))/;
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** All entries of a list of volumes. Each wrong entry is a problem of its own, and so is a target used twice. */
export function parseVolumes(entries: readonly string[], context: VolumeContext): Parsed<VolumeMount[]> {
  const problems: Problem[] = [];
  const mounts: VolumeMount[] = [];
  const targets = new Map<string, string>();
  for (const text of entries) {
    const parsed = parseVolume(text, context);
    if (!parsed.ok) {
      problems.push(...parsed.problems);
      continue;
    }
    const other = targets.get(parsed.value.target);
    if (other !== undefined) problems.push(problem(text, `has the same target as ${quote(other)}`, "each target once"));
    targets.set(parsed.value.target, text);
    mounts.push(parsed.value);
  }
  return acceptedUnless(problems, mounts);
}

/** One entry of a list of volumes. */
function parseVolume(text: string, context: VolumeContext): Parsed<VolumeMount> {
  const [source = "", target, mode = "rw", ...rest] = text.split(":");
  if (target === undefined || rest.length > 0 || unspeakable.test(text.replaceAll(":", ""))) {
    return refused(problem(text, `is not a volume (${unspeakableHint})`, volumeAllowed));
  }
  const refuse = (what: string, allowed: string): Parsed<never> => refused(problem(text, what, allowed));

  const realSource = toSource(source, context);
  if (realSource === undefined) {
    return refuse(`has no path and no volume's name where ${quote(source)} stands`, sourceAllowed);
  }
  if (unspeakable.test(realSource)) return refuse(`leads to ${quote(realSource)} (${unspeakableHint})`, sourceAllowed);
  if (isMissing(realSource, context)) {
    return refuse(`names ${quote(realSource)}, which does not exist on this host`, existsAllowed);
  }
  const realTarget = toTarget(target);
  if (realTarget === undefined) return refuse(`has no path inside where ${quote(target)} stands`, targetAllowed);
  if (mode !== "ro" && mode !== "rw") return refuse(`has no mode where ${quote(mode)} stands`, modeAllowed);
  return accepted({ source: realSource, target: realTarget, readOnly: mode === "ro" });
}

function toSource(text: string, context: VolumeContext): string | undefined {
  if (text.startsWith("~/")) return join(context.home, text.slice(2));
  if (pathPattern.test(text)) return resolve(context.directory, text);
  return namePattern.test(text) ? text : undefined;
}

function isMissing(source: string, context: VolumeContext): boolean {
  return source.startsWith("/") && context.pathExists?.(source) === false;
}

function toTarget(text: string): string | undefined {
  const path = posix.resolve("/", text);
  return text.startsWith("/") && path !== "/" ? path : undefined;
}
