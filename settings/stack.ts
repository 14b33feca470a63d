/** What a stack's config says: the namespace `groundwork` of `Pulumi.<stack>.yaml`, strict at every level. */

import { resolve } from "node:path";
import * as z from "zod";
import { bootstrapSchema, type BootstrapSettings } from "./bootstrap";
import { GroundworkError, type Violation } from "./errors";
import type { HostDefaults } from "./host-defaults";
import { platformSchema, platformViolations, toPlatform, type PlatformSettings } from "./platform/platform";
import { platformSecretsSchema, type PlatformSecrets } from "./platform/secrets";
import { defaultFile } from "./identity";
import type { InstanceSpec, Power } from "./instance-spec";
import { boxViolations, idViolations, instanceSchema, toSpec, violationsBetween } from "./stack-instances";
import { typeViolations } from "./stack-types";
import { isMap, readAs, toViolations } from "./stack-violations";
import { accepted, problem, refused, shorten, tellMistakes, type Parsed } from "./values";
import type { VolumeContext } from "./volumes";
import { parsePower } from "./choices";

/** What this host is told about itself. */
export interface HostSettings {
  /** The memory that instances may be promised together. @default what the host has, less the reserve */
  readonly memoryMiB?: number;
  /** The memory that stays with the host. @default 512 */
  readonly reserveMiB: number;
}

/** What a stack's config stands in. */
export interface StackContext extends VolumeContext {
  /** The stack's name; instances' names hold a hash of it. */
  readonly stack: string;
  /** The installation's folder, absolute: relative paths of the config begin there. */
  readonly directory: string;
  readonly hostDefaults: HostDefaults;
}

/** What a stack is told to be. */
export type StackSettings =
  | {
      readonly kind: "project";
      /** The project's directory, absolute. */
      readonly directory: string;
      /** Absolute, or relative to the directory. @default .env */
      readonly file: string;
      /** @default running */
      readonly power: Power;
      /** A sealed spec that takes the file's place while `vagrantp stop` runs. @default the file is read */
      readonly spec?: string | undefined;
      readonly host: HostSettings;
    }
  | { readonly kind: "instances"; readonly instances: readonly InstanceSpec[]; readonly host: HostSettings }
  | { readonly kind: "platform"; readonly platform: PlatformSettings; readonly secrets: PlatformSecrets }
  | { readonly kind: "bootstrap"; readonly bootstrap: BootstrapSettings };

const kindsAllowed = "project, instances, platform or bootstrap";
const defaultReserveMiB = 512;

/**
 * Understand a stack's config. Pure.
 *
 * @param config all values of the namespace, JSON already parsed: `{ kind, project?, instances?, host? }`
 * @throws GroundworkError CONFIG_INVALID with all violations
 */
export function parseStack(config: unknown, context: StackContext): StackSettings {
  const kind: unknown = isMap(config) ? config["kind"] : undefined;
  if (kind === "bootstrap") return parseBootstrapStack(config, context);
  if (kind === "platform") return parsePlatformStack(config, context);
  if (kind === "project") return parseProjectStack(config, context);
  if (kind === "instances") return parseInstancesStack(config, context);
  const message = kind === undefined ? `is missing; allowed: ${kindsAllowed}.` : unknownKind(kind);
  throw invalid(context, [{ key: "kind", message, allowed: kindsAllowed }]);
}

const hostSchema = z
  .strictObject(
    {
      memoryMiB: wholeMiB(512).optional(),
      reserveMiB: wholeMiB(0).default(defaultReserveMiB),
    },
    { error: "a map" },
  )
  .default({ reserveMiB: defaultReserveMiB });

function parseProjectStack(config: unknown, context: StackContext): StackSettings {
  const schema = z.strictObject({
    kind: z.literal("project"),
    host: hostSchema,
    project: z.strictObject(
      {
        directory: textSchema(parsePath),
        file: textSchema(parsePath).default(defaultFile),
        power: textSchema(parsePower).default("running"),
        spec: z.string({ error: "a text" }).optional(),
      },
      { error: "a map with a directory" },
    ),
  });
  const result = schema.safeParse(config);
  if (!result.success) throw invalid(context, toViolations(result.error, schema, config));
  const { project, host } = result.data;
  return { ...project, kind: "project", directory: resolve(context.directory, project.directory), host: toHost(host) };
}

function parsePlatformStack(config: unknown, context: StackContext): StackSettings {
  const schema = z.strictObject({
    kind: z.literal("platform"),
    platform: platformSchema,
    secrets: platformSecretsSchema,
  });
  const result = schema.safeParse(config);
  if (!result.success) throw invalid(context, toViolations(result.error, schema, config));
  const { platform, secrets } = result.data;
  const violations = platformViolations(platform, secrets);
  if (violations.length > 0) throw invalid(context, violations);
  return { kind: "platform", platform: toPlatform(platform), secrets };
}

function parseBootstrapStack(config: unknown, context: StackContext): StackSettings {
  const schema = z.strictObject({ kind: z.literal("bootstrap"), bootstrap: bootstrapSchema.prefault({}) });
  const result = schema.safeParse(config);
  if (!result.success) throw invalid(context, toViolations(result.error, schema, config));
  return result.data;
}

function parseInstancesStack(config: unknown, context: StackContext): StackSettings {
  const schema = z.strictObject({
    kind: z.literal("instances"),
    host: hostSchema,
    instances: z.record(z.string(), instanceSchema(context), { error: "a map of ids to instances" }),
  });
  const result = schema.safeParse(config);
  const violations = [...idViolations(config), ...typeViolations(config)];
  if (!result.success) throw invalid(context, [...violations, ...toViolations(result.error, schema, config)]);
  const { instances: given, host } = result.data;
  const instances = Object.entries(given).map(([id, instance]) => toSpec(id, instance, context));
  const all = [...violations, ...boxViolations(given), ...violationsBetween(instances)];
  if (all.length > 0) throw invalid(context, all);
  return { kind: "instances", instances, host: toHost(host) };
}

function toHost(host: z.output<typeof hostSchema>): HostSettings {
  const { memoryMiB, reserveMiB } = host;
  return { reserveMiB, ...(memoryMiB === undefined ? {} : { memoryMiB }) };
}

function textSchema<T>(parse: (text: string) => Parsed<T>) {
  return z.string({ error: "a text" }).transform(readAs(parse));
}

function wholeMiB(least: number) {
  const error = `a whole number of MiB, at least ${String(least)}`;
  return z.number({ error }).int({ error }).min(least, { error });
}

function parsePath(text: string): Parsed<string> {
  if (text !== "" && !text.includes("\0")) return accepted(text);
  return refused(problem(text, "is not a path", "an absolute path, or one relative to the installation's folder"));
}

function unknownKind(kind: unknown): string {
  return `${shorten(JSON.stringify(kind))} is not a kind of stack; allowed: ${kindsAllowed}.`;
}

function invalid(context: StackContext, violations: readonly Violation[]): GroundworkError {
  const { stack } = context;
  const told = tellMistakes(`The config of stack ${stack}`, violations);
  return new GroundworkError("CONFIG_INVALID", told.message, {
    violations: told.violations,
    details: { stack },
    suggestion: `Correct the keys named above in Pulumi.${stack}.yaml, then run \`pulumi preview -s ${stack}\`.`,
  });
}
