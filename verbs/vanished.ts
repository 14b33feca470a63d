/** Projects whose directory or settings are gone: what they still hold, and how that is removed. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver, OwnedObject } from "../drivers/driver";
import { stackExists } from "../engine/operations";
import { hostId } from "../host/identity";

import type { LedgerEntry } from "../host/promises";
import { GroundworkError, type ErrorObject } from "../settings/errors";
import { destroyStack } from "./destroy";
import { openLedger } from "./ledger";
import { openDriver } from "./project";
import { findPlace, listProjects, type KnownProject, type Place } from "./projects";
import type { VerbContext } from "./verb";

/** A project that has vanished. */
export interface VanishedProject extends KnownProject {
  readonly reason: Exclude<Place, "there">;
  /** All that it holds, for people: a sentence each. */
  readonly holds: readonly string[];
  readonly entries: readonly LedgerEntry[];
  readonly objects: readonly FoundObject[];
}

interface FoundObject {
  readonly driver: Driver;
  readonly object: OwnedObject;
}

/**
 * Looks at every project that has a workspace in this home. An object at a backend is its when it carries this host's
 * label and the stack's: the name of a stack holds a hash of the project's path. What shared stacks hold, what another
 * home made, and projects that are there, are not looked at.
 */
export async function findVanished(context: VerbContext): Promise<readonly VanishedProject[]> {
  const gone = listProjects(context).flatMap((project) => {
    const reason = findPlace(project);
    return reason === "there" ? [] : { ...project, reason };
  });
  if (gone.length === 0) return [];
  using ledger = await openLedger(context);
  const entries = ledger.entries();
  const objects = await listObjects(context, entries);
  return gone.map((project) => {
    const { stack } = project.workspace;
    const its = {
      entries: entries.filter((entry) => entry.stack === stack),
      objects: objects.filter(({ object }) => object.identity.stack === stack),
    };
    return { ...project, ...its, holds: describeHoldings(project, its) };
  });
}

/** Every object of this host at the backends that something was promised at; a backend that is gone holds nothing. */
async function listObjects(context: VerbContext, entries: readonly LedgerEntry[]): Promise<FoundObject[]> {
  const backends = [...new Set(entries.map(({ backend }) => backend))];
  const found = await Promise.all(
    backends.map(async (backend) => {
      const driver = openDriver(context, backend);
      const objects = await driver.list(hostId(context.home));
      return objects.map((object) => ({ driver, object }));
    }),
  );
  return found.flat();
}

function describeHoldings(
  { workspace }: KnownProject,
  { entries, objects }: Pick<VanishedProject, "entries" | "objects">,
): string[] {
  return [
    ...objects.map(
      ({ object: { identity, running } }) =>
        `the ${identity.backend} container ${identity.name} (${running ? "running" : "stopped"}), with the files written inside`,
    ),
    ...entries.flatMap(({ id, memoryMiB, ports }) => [
      `the promise of ${memoryMiB} MiB to ${id}`,
      ...ports.map(({ host, protocol }) => `the port ${host}/${protocol}`),
    ]),
    `its Pulumi state and the key of its secrets in ${workspace.directory}`,
  ];
}

/** How the removal of one project ended. */
export interface Removal {
  readonly result: "removed" | "kept" | "failed";
  readonly error?: ErrorObject["error"];
}

/** Removes all that it holds; a run that is cut off can be run again. One that may be on a missing disk is kept. */
export async function removeVanished(context: VerbContext, project: VanishedProject): Promise<Removal> {
  if (project.reason === "out of reach") return { result: "kept" };
  try {
    await destroy(context, project);
    return { result: "removed" };
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    return { result: "failed", error: error.toObject().error };
  }
}

/** By the engine where it can; a state that it can do nothing with is dropped, and what is left removed directly. */
async function destroy(context: VerbContext, { workspace, objects }: VanishedProject): Promise<void> {
  try {
    await destroyStack(context, workspace, context.signal);
  } catch (error) {
    const isEngine = error instanceof GroundworkError && error.code !== "LOCKED";
    if (!isEngine || context.signal.aborted || !stackExists(workspace)) throw error;
    rmSync(join(workspace.directory, "state"), { recursive: true, force: true });
    await destroyStack(context, workspace, context.signal);
  }
  // What no promise knows of, and what was made again by hand.
  for (const { driver, object } of objects) await driver.remove({ ...object.identity, objectId: object.objectId });
}
