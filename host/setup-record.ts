/** What `make setup` found and installed on this host, and left in `setup.json`. */
import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { GroundworkError } from "../settings/errors";
import { ensureDirectory } from "./home";
import { unreadable, unwritable } from "./system-errors";
import type { Home } from "./home";

/** The record. Paths are absolute. */
export interface SetupRecord {
  /** The Node that runs Groundwork. */
  readonly node: string;
  readonly engine: {
    /** The `pulumi` program. */
    readonly path: string;
    readonly version: string;
    /** Where it came from: on the PATH, downloaded, or built. */
    readonly origin: string;
  };
  readonly commandPlugin: { readonly version: string; readonly origin: "official" | "stand-in" };
  /** Absent where Podman could not be installed. */
  readonly podman?: {
    readonly path: string;
    readonly version: string;
    /** Our own containers.conf, where the system's runtime does not work. @default the system's */
    readonly containersConf?: string;
  };
  /** `ansible-playbook`. @default found on the PATH, where there is one */
  readonly ansible?: { readonly path: string; readonly version: string };
  /** The default image. */
  readonly image: {
    readonly name: string;
    /** Where it came from: pulled, or built from the distribution's packages. */
    readonly origin: string;
  };
  /** Absent where Vagrant is not installed. */
  readonly vagrant?: { readonly path: string; readonly version: string };
  /** libvirt's program. Absent where it is not installed. */
  readonly virsh?: { readonly path: string; readonly version: string };
  /** The default box. Absent where set-up made none. */
  readonly box?: {
    readonly name: string;
    /** Where it lies. @default it is a public one, which Vagrant downloads */
    readonly file?: string;
    /** Where it came from: downloaded, or built from the distribution's packages. */
    readonly origin: string;
  };
}

/**
 * Reads the record.
 *
 * @returns undefined when set-up has not run yet
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE when the file is there and is not a record; CONFIG_INVALID when it is
 *   another user's.
 */
export function readSetup(home: Home): SetupRecord | undefined {
  let text: string;
  try {
    text = readFileSync(home.setupFile, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") throw unwritable(home.root, error);
    if (code === "EACCES" || code === "EPERM") throw unreadable(home.setupFile, error);
    throw invalid(home, (error as Error).message);
  }
  return parse(home, text);
}

/** Writes the record; a reader sees the old or the new one, never a part. */
export function writeSetup(home: Home, record: SetupRecord): void {
  ensureDirectory(home.root);
  const draft = `${home.setupFile}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(draft, home.setupFile);
  } catch (error) {
    throw unwritable(home.setupFile, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The environment for calls of the backend: set-up's containers.conf, unless the user chose one. */
export function backendEnvironment(record: SetupRecord | undefined, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const containersConf = record?.podman?.containersConf;
  if (containersConf === undefined || env["CONTAINERS_CONF"]) {
    return env;
  }
  return { ...env, CONTAINERS_CONF: containersConf };
}

/** Every path of the record, and what must stand there. */
const required = [
  "node",
  "engine.path",
  "engine.version",
  "engine.origin",
  "commandPlugin.version",
  "image.name",
  "image.origin",
];
/** The same of parts that may be absent as a whole. */
const requiredWith: Readonly<Record<string, readonly string[]>> = {
  podman: ["path", "version"],
  ansible: ["path", "version"],
  vagrant: ["path", "version"],
  virsh: ["path", "version"],
  box: ["name", "origin"],
};

function parse(home: Home, text: string): SetupRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(home, (error as Error).message);
  }
  const problems = problemsOf(value);
  if (problems.length > 0) {
    throw invalid(home, problems.join("; "));
  }
  return value as SetupRecord;
}

function problemsOf(value: unknown): string[] {
  const present = Object.entries(requiredWith).filter(([part]) => at(value, part) !== undefined);
  const texts = [...required, ...present.flatMap(([part, fields]) => fields.map((field) => `${part}.${field}`))];
  const problems = texts.filter((path) => !isText(at(value, path))).map((path) => `${path} must be a text`);
  if (!["official", "stand-in"].includes(at(value, "commandPlugin.origin") as string)) {
    problems.push("commandPlugin.origin must be official or stand-in");
  }
  const optional = ["podman.containersConf", "box.file"].filter((path) => {
    const text = at(value, path);
    return text !== undefined && !isText(text);
  });
  return [...problems, ...optional.map((path) => `${path} must be a text`)];
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** The value at a dotted path; undefined when there is none. */
function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (part, key) => (typeof part === "object" && part !== null ? (part as Record<string, unknown>)[key] : undefined),
      value,
    );
}

function invalid(home: Home, reason: string): GroundworkError {
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `${home.setupFile} is not what set-up writes: ${reason}.`, {
    details: { path: home.setupFile },
    suggestion: "Run `make setup`: it writes the file again.",
  });
}
