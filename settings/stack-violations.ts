/** From zod's issues to violations in the words of every other message. */

import * as z from "zod";
import type { Violation } from "./errors";
import { nearestOf } from "./near-miss";
import { shorten, type Parsed, type Problem } from "./values";

/** A grammar as a zod transform: its problems become issues that {@link toViolations} reads back. */
export function readAs<I, T>(parse: (input: I) => Parsed<T>) {
  return (input: I, context: z.RefinementCtx): T => {
    const parsed = parse(input);
    if (parsed.ok) return parsed.value;
    for (const problem of parsed.problems) context.addIssue({ code: "custom", params: { problem } });
    return z.NEVER;
  };
}

/**
 * All issues as violations.
 *
 * @param schema what the config was read by; each of its types gives what it allows as its error message
 * @param config what was read, to say what stands where something else should
 */
export function toViolations(error: z.ZodError, schema: z.ZodType, config: unknown): Violation[] {
  return error.issues.flatMap((issue): Violation[] => {
    const key = keyOf(issue.path);
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((name) => unknownKey(keyOf([...issue.path, name]), name, known));
    }
    const problem = issue.code === "custom" ? (issue.params?.["problem"] as Problem | undefined) : undefined;
    const got = describe(valueAt(config, issue.path));
    return [{ key, ...(problem ?? { message: `${got}; allowed: ${issue.message}.`, allowed: issue.message }) }];
  });
}

/** A path as people write it, each part of it shown by its beginning where it is long. */
function keyOf(path: readonly PropertyKey[]): string {
  return path.map((part) => shorten(String(part))).join(".");
}

/** Whether a value of the config is a map of keys to values. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKey(key: string, name: string, known: readonly string[]): Violation {
  if (known.includes("kind") && (name === "project" || name === "instances")) {
    return { key, message: `belongs to a stack of kind ${name}; allowed: ${known.join(", ")}.` };
  }
  const near = nearestOf(name, known) ?? "";
  return { key, message: `is not a known key; the nearest is ${near}; allowed: ${known.join(", ")}.`, allowed: near };
}

/** The keys of the map at this path of the schema. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  const [first, ...rest] = path;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return knownKeys(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodPipe) return knownKeys(schema.in, path);
  if (schema instanceof z.ZodRecord) return knownKeys(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return first === undefined ? Object.keys(schema.shape) : knownKeys(schema.shape[String(first)], rest);
}

function valueAt(config: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<PropertyKey, unknown> | undefined)?.[name], config);
}

/** What stands there. A text is not shown: it might be a secret in the wrong place. */
function describe(value: unknown): string {
  if (value === undefined) return "is missing";
  if (value === null) return "is empty";
  if (Array.isArray(value)) return "is a list";
  if (typeof value === "object") return "is a map";
  return typeof value === "string" ? "is a text" : `is ${JSON.stringify(value)}`;
}
