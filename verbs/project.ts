/** What every verb of a project needs: its workspace, its stack and its instance as the ledger knows it. */

import { createDriver } from "../drivers";
import type { Driver, Observation, Target } from "../drivers/driver";
import { setStackConfig } from "../engine/stack-config";
import {
  findProjectStack,
  makeProjectWorkspace,
  projectWorkspace,
  requireSetup,
  type Workspace,
} from "../engine/workspace";
import { backendAccess, hostDefaults } from "../host/backend-access";
import { hostId } from "../host/identity";
import type { LedgerEntry } from "../host/promises";
import { readSetup } from "../host/setup-record";
import { GroundworkError } from "../settings/errors";
import { realDirectory } from "../settings/env-file";
import { defaultFile, projectHash } from "../settings/identity";
import type { Backend, Power } from "../settings/instance-spec";
import { readProject, type Project } from "../settings/project";
import { openLedger } from "./ledger";
import { movedHint } from "./projects";
import type { VerbContext } from "./verb";

/** Where a project is, found without reading its settings. */
export interface ProjectPlace {
  /** The project's real path. */
  readonly directory: string;
  readonly file: string;
  /** The hash that its workspace and its instance's name end with. */
  readonly hash: string;
  /** Its stack. @default it was never brought up */
  readonly stack: string | undefined;
}

/** Finds the project of the directory that the user is in. */
export function locateProject(context: VerbContext, file: string = defaultFile): ProjectPlace {
  const directory = realDirectory(context.directory);
  const hash = projectHash(directory, file);
  return { directory, file, hash, stack: findProjectStack(context.home, hash) };
}

/** Reads and checks the project's settings. */
export function loadProject(context: VerbContext, file?: string): Project {
  return readProject(context.directory, { file, hostDefaults: hostDefaults(readSetup(context.home)) });
}

/**
 * The workspace of the project's stack, made when it is not there.
 *
 * @param sealedSpec takes the file's place until this is called again. @default the file counts
 */
export function openWorkspace(
  context: VerbContext,
  place: ProjectPlace,
  id: string,
  power: Power,
  sealedSpec?: string,
): Workspace {
  const setup = requireSetup(readSetup(context.home), context.installation);
  const stack = place.stack ?? `${id}-${place.hash}`;
  const workspace = projectWorkspace(context.home, context.installation, setup, stack);
  makeProjectWorkspace(workspace, context.installation);
  setStackConfig(workspace, ["groundwork:kind"], "project");
  const { directory, file } = place;
  const spec = sealedSpec === undefined ? {} : { spec: sealedSpec };
  setStackConfig(workspace, ["groundwork:project"], { directory, file, power, ...spec });
  return workspace;
}

/** The workspace of a project that was brought up before. */
export function existingWorkspace(context: VerbContext, place: ProjectPlace): Workspace {
  const setup = requireSetup(readSetup(context.home), context.installation);
  const workspace = projectWorkspace(context.home, context.installation, setup, requireStack(context, place));
  makeProjectWorkspace(workspace, context.installation);
  return workspace;
}

/**
 * The project's stack.
 *
 * @throws INFRA_NOT_FOUND when it was never brought up, or is removed by now
 */
export function requireStack(context: VerbContext, place: ProjectPlace): string {
  if (place.stack !== undefined) return place.stack;
  throw notFound(context, place);
}

/** The error of a project that has no instance; where it may have been moved here, that is said. */
export function notFound(context: VerbContext, place: ProjectPlace): GroundworkError {
  const suggestion = place.stack === undefined ? movedHint(context) : undefined;
  return new GroundworkError("INFRA_NOT_FOUND", `${place.directory} has no instance`, { suggestion });
}

/** The project's instance as the ledger knows it; undefined when nothing is promised to it. */
export async function findEntry(context: VerbContext, place: ProjectPlace): Promise<LedgerEntry | undefined> {
  if (place.stack === undefined) return undefined;
  using ledger = await openLedger(context);
  return ledger.entries({ stack: place.stack }).find((entry) => !entry.leaving);
}

/** An instance that is known, what is really there for it, and the driver that said so. */
export interface LocatedInstance {
  readonly entry: LedgerEntry;
  readonly target: Target;
  readonly driver: Driver;
  readonly observation: Observation;
}

/** Looks at what is really there for the project's instance; undefined when nothing is promised to it. */
export async function locateInstance(context: VerbContext, place: ProjectPlace): Promise<LocatedInstance | undefined> {
  const entry = await findEntry(context, place);
  if (entry === undefined) return undefined;
  const target = targetOf(context, entry);
  const driver = openDriver(context, entry.backend);
  const [observation = { state: "absent" }] = await driver.observe([target]);
  return { entry, target, driver, observation };
}

/** {@link locateInstance}, for verbs that need a running instance. */
export async function requireRunning(context: VerbContext, file: string | undefined): Promise<LocatedInstance> {
  const place = locateProject(context, file);
  const located = await locateInstance(context, place);
  if (located?.observation.state !== "present") throw notFound(context, place);
  if (!located.observation.properties.running) {
    throw new GroundworkError("INFRA_NOT_RUNNING", `${located.entry.id} is stopped`);
  }
  return located;
}

/** The driver of a backend on this host. */
export function openDriver(context: VerbContext, backend: Backend): Driver {
  return createDriver(backend, backendAccess(context.home));
}

/** Which object a ledger's entry stands for. */
export function targetOf(
  context: VerbContext,
  entry: Pick<LedgerEntry, "stack" | "id" | "name" | "backend" | "backendId">,
): Target {
  const { stack, id, name, backend, backendId } = entry;
  return { host: hostId(context.home), stack, id, name, backend, objectId: backendId };
}
