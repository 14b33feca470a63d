/** A project's `.env`, read once into an {@link InstanceSpec}, or refused with everything that is wrong in it. */

import { homedir } from "node:os";
import { basename, relative, resolve } from "node:path";
import { defaultAmounts, parseCpus, parseDiskSize, parseMemory } from "./amounts";
import { boxProblems, defaultBox, parseBox, toImage, type GivenBox } from "./box";
import { judgeAddress, parseIpAddress } from "./bridge";
import { parseNetworkMode, parseProvider, parseType } from "./choices";
import { parseChecksum, parseImagePackages } from "./cloud-image";
import { parseCommand } from "./command";
import { isPrivate, pathExists, readEnvFile, realDirectory } from "./env-file";
import { findUnreadable, readEnvText } from "./env-text";
import { parseVariableName, parseVariableValue } from "./environment";
import { GroundworkError, type Violation } from "./errors";
import type { HostDefaults } from "./host-defaults";
import { defaultFile, idAllowed, idFromDirectory, parseId, projectHash } from "./identity";
import { parseImage } from "./image";
import { backendsOf, type InstanceSpec, type InstanceType } from "./instance-spec";
import { findKey, ignoreKey, variablePrefix } from "./keys";
import { defaultUser, parseKeyFile, parseUser } from "./login";
import { findNearMiss } from "./near-miss";
import { ofOtherType, parseForwardedPorts, parseWholeCpus } from "./of-type";
import { parsePorts } from "./ports";
import { parsePlaybook, parsePlaybookVars } from "./provisioning";
import { SettingsReader } from "./settings-reader";
import { problem, shorten, splitList, tellMistakes, type Parsed, type Problem } from "./values";
import { parseVolumes, type VolumeContext } from "./volumes";

/** What a project's text stands in. */
export interface ProjectContext extends VolumeContext {
  /** The project's real path: an id and a hash are made of it, and relative volumes begin there. */
  readonly directory: string;
  /** Absolute, or relative to the directory. @default .env */
  readonly file?: string;
  readonly hostDefaults: HostDefaults;
}

/** How a project is read. */
export interface ReadOptions {
  /** Absolute, or relative to the directory. @default .env */
  readonly file?: string | undefined;
  readonly hostDefaults: HostDefaults;
  /** What `~/` means in VOLUMES. @default the user's home directory */
  readonly home?: string | undefined;
}

/** A project that can be brought up. */
export interface Project {
  readonly spec: InstanceSpec;
  /** What was understood but has no effect: one sentence each. */
  readonly warnings: readonly string[];
  /** The project's real path. */
  readonly directory: string;
  /** Relative to the directory. */
  readonly file: string;
}

/**
 * Read a project's settings from the disk.
 *
 * @throws GroundworkError CONFIG_MISSING where there is no file; CONFIG_INVALID with all violations
 */
export function readProject(directory: string, options: ReadOptions): Project {
  const real = realDirectory(directory);
  const file = options.file ?? defaultFile;
  const text = readEnvFile(resolve(real, file));
  const { hostDefaults, home = homedir() } = options;
  return parseProject(text, { directory: real, file, hostDefaults, home, pathExists, isPrivate });
}

/**
 * Understand the text of a project's settings. Pure.
 *
 * @throws GroundworkError CONFIG_INVALID with all violations, in the order of the lines
 */
export function parseProject(text: string, context: ProjectContext): Project {
  const file = relative(context.directory, resolve(context.directory, context.file ?? defaultFile));
  const unreadable = findUnreadable(text);
  if (unreadable !== undefined) throw invalid(file, context, [unreadable]);
  const reader = new SettingsReader(readEnvText(text));
  const type = readType(reader);
  const spec = readSpec(reader, type, context, file);
  judgeNetwork(reader, spec);
  const warnings = readOthers(reader, type);
  if (reader.violations.length > 0) throw invalid(file, context, reader.violations);
  return { spec, warnings, directory: context.directory, file };
}

/** @param type undefined where it is a mistake: then the keys of both types are judged, each by its own grammar */
function readSpec(
  reader: SettingsReader,
  type: InstanceType | undefined,
  context: ProjectContext,
  file: string,
): InstanceSpec {
  const machine = type === "container" ? undefined : readMachine(reader, context);
  const container = type === "vm" ? undefined : readContainer(reader, context);
  const isMachine = type === "vm";
  return {
    ...readIdentity(reader, context.directory, file),
    type: type ?? "container",
    backend: reader.take("PROVIDER", (text) => parseProvider(text, type), backendsOf[type ?? "container"][0]),
    memoryMiB: reader.take("MEMORY", parseMemory, defaultAmounts.memoryMiB),
    cpus: reader.take("CPUS", isMachine ? parseWholeCpus : parseCpus, defaultAmounts.cpus),
    image: container?.image ?? machine?.image ?? "",
    ...(isMachine ? { diskGiB: machine?.diskGiB, login: machine?.login } : {}),
    command: container?.command ?? [],
    ports: reader.take("PORTS", listOf(isMachine ? parseForwardedPorts : parsePorts), []),
    volumes: container?.volumes ?? [],
    environment: readEnvironment(reader),
    ...readProvisioning(reader, context),
    ...readNetwork(reader),
    power: "running",
  };
}

/** Undefined where what stands there is no type. */
function readType(reader: SettingsReader): InstanceType | undefined {
  return reader.get("INFRA_TYPE") === undefined ? "container" : reader.take("INFRA_TYPE", parseType, undefined);
}

function readContainer(reader: SettingsReader, context: ProjectContext) {
  return {
    image: reader.take("IMAGE", parseImage, context.hostDefaults.image),
    command: reader.take("COMMAND", parseCommand, []),
    volumes: reader.take(
      "VOLUMES",
      listOf((entries) => parseVolumes(entries, context)),
      [],
    ),
  };
}

function readMachine(reader: SettingsReader, context: ProjectContext) {
  const keyFile = reader.take("SSH_KEY", (text) => parseKeyFile(text, context), undefined);
  return {
    image: readBox(reader, context),
    diskGiB: reader.take("DISK_SIZE", parseDiskSize, defaultAmounts.diskGiB),
    login: { user: reader.take("SSH_USER", parseUser, defaultUser), ...(keyFile === undefined ? {} : { keyFile }) },
  };
}

const boxKeys = { box: "BOX", checksum: "BOX_CHECKSUM", packages: "BOX_PACKAGES" } as const;

function readBox(reader: SettingsReader, context: ProjectContext): string {
  const given: GivenBox = {
    box: reader.take("BOX", (text) => parseBox(text, context), undefined),
    checksum: reader.take("BOX_CHECKSUM", parseChecksum, undefined),
    packages: reader.take("BOX_PACKAGES", listOf(parseImagePackages), undefined),
  };
  const backend = reader.get("PROVIDER") === "virtualbox" ? "virtualbox" : "libvirt";
  // Of a BOX that is a mistake of its own, nothing else is known.
  const isKnown = given.box !== undefined || reader.get("BOX") === undefined;
  const problems = isKnown ? boxProblems(given, backend) : {};
  for (const part of ["box", "checksum", "packages"] as const) {
    const one = problems[part];
    if (one !== undefined) reader.refuse(boxKeys[part], one);
  }
  return toImage(given, defaultBox(backend, context.hostDefaults.box));
}

function listOf<T>(parse: (entries: string[]) => Parsed<T>) {
  return (text: string) => parse(splitList(text));
}

function readIdentity(reader: SettingsReader, directory: string, file: string): Pick<InstanceSpec, "id" | "name"> {
  if (reader.get("INFRA_ID") !== undefined) {
    const id = reader.take("INFRA_ID", parseId, "");
    return { id, name: id };
  }
  const id = idFromDirectory(directory);
  if (id === undefined) {
    const name = basename(directory);
    reader.refuse("INFRA_ID", problem(name, "is the directory's name and cannot be made a host name", idAllowed));
  }
  return { id: id ?? "", name: `${id ?? ""}-${projectHash(directory, file)}` };
}

function readEnvironment(reader: SettingsReader): Record<string, string> {
  const variables = reader.keys.filter((key) => key.startsWith(variablePrefix));
  const pairs = variables.map((key) => {
    const name = key.slice(variablePrefix.length);
    const value = reader.get(key) ?? "";
    const problems = [parseVariableName(name), parseVariableValue(value)].flatMap((one) =>
      one.ok ? [] : one.problems,
    );
    for (const one of problems) reader.refuse(key, one);
    return [name, value];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function readProvisioning(reader: SettingsReader, context: ProjectContext): Pick<InstanceSpec, "provisioning"> {
  const playbook = reader.take("PROVISIONING_PLAYBOOK", (text) => parsePlaybook(text, context), undefined);
  const vars = reader.take("PROVISIONING_VARS", (text) => parsePlaybookVars(text, context), { variables: {} });
  if (reader.get("PROVISIONING_PLAYBOOK") === undefined && reader.get("PROVISIONING_VARS") !== undefined) {
    reader.refuse("PROVISIONING_VARS", {
      message: "has no effect without a playbook; allowed: this line beside PROVISIONING_PLAYBOOK=playbook.yml.",
    });
  }
  return playbook === undefined ? {} : { provisioning: { playbook, ...vars } };
}

function readNetwork(reader: SettingsReader): Pick<InstanceSpec, "networkMode" | "ipAddress"> {
  const ipAddress = reader.take("IP_ADDRESS", parseIpAddress, undefined);
  const networkMode = reader.take("NETWORK_MODE", parseNetworkMode, "default");
  return { networkMode, ...(ipAddress === undefined ? {} : { ipAddress }) };
}

/** Says what the rest of the settings has against the address; not where NETWORK_MODE itself is wrong. */
function judgeNetwork(reader: SettingsReader, spec: InstanceSpec): void {
  const wrong = judgeAddress(spec);
  const mode = reader.get("NETWORK_MODE") ?? "default";
  if (wrong !== undefined && mode === spec.networkMode) reader.refuse("IP_ADDRESS", wrong);
}

/** Refuse the keys that would be ignored in silence, and say what has no effect. */
function readOthers(reader: SettingsReader, type: InstanceType | undefined): string[] {
  for (const key of reader.keys) {
    const refusal = refuseKey(key, type);
    if (refusal !== undefined) reader.refuse(key, refusal);
  }
  const diskGiB = type === "container" ? reader.take("DISK_SIZE", parseDiskSize, undefined) : undefined;
  if (diskGiB === undefined) return [];
  return [`DISK_SIZE has no effect: a container has no disk of its own, so ${String(diskGiB)} GiB size nothing.`];
}

function refuseKey(key: string, type: InstanceType | undefined): Problem | undefined {
  const ours = findKey(key);
  if (ours === undefined) return refuseNearMiss(key);
  if (ours.status === "available" || type === undefined || ours.status === type) return undefined;
  return ofOtherType(ours.name, type);
}

function refuseNearMiss(key: string): Problem | undefined {
  const near = findNearMiss(key);
  if (near === undefined) return undefined;
  const ours = shorten(near);
  const ignored = `${ignoreKey}=${shorten(key)}`;
  const message = `looks like ${ours}; allowed: ${ours}, or ${ignored} if the key is the application's own.`;
  return { message, allowed: ours };
}

function invalid(file: string, context: ProjectContext, violations: readonly Violation[]): GroundworkError {
  const path = resolve(context.directory, file);
  const told = tellMistakes(path, violations);
  return new GroundworkError("CONFIG_INVALID", told.message, { violations: told.violations, details: { path } });
}
