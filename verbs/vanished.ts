/** Projects whose directory or settings are gone: what they still hold, and how that is removed. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Driver, Leftover } from "../drivers/driver";
import { stackExists } from "../engine/operations";
import { hostId } from "../host/identity";
import type { LedgerEntry } from "../host/promises";
import { GroundworkError, type ErrorObject } from "../settings/errors";
import type { OwnedObject } from "../settings/instance-objects";
import type { Backend } from "../settings/instance-spec";
import { destroyStack } from "./destroy";
import { openLedger } from "./ledger";
import { openDriver } from "./instance";
import { findPlace, type Place } from "./places";
import { listProjects, type KnownProject } from "./projects";
import type { VerbContext } from "./verb";

/** A project that has vanished. */
export interface VanishedProject extends KnownProject {
  readonly reason: Exclude<Place, "there">;
  /** All that it holds, for people: a sentence each. */
  readonly holds: readonly string[];
  readonly entries: readonly LedgerEntry[];
  readonly objects: readonly FoundObject[];
  readonly leftovers: readonly FoundLeftover[];
}

interface FoundObject {
  readonly driver: Driver;
  readonly object: OwnedObject;
}

interface FoundLeftover {
  readonly driver: Driver;
  readonly leftover: Leftover;
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
  const found = await Promise.all(backendsOf(entries).map((backend) => surveyBackend(context, backend)));
  const objects = found.flatMap((survey) => survey.objects);
  const leftovers = found.flatMap((survey) => survey.leftovers);
  return gone.map((project) => {
    const { stack } = project.workspace;
    const its = {
      entries: entries.filter((entry) => entry.stack === stack),
      objects: objects.filter(({ object }) => object.identity.stack === stack),
      leftovers: leftovers.filter(({ leftover }) => leftover.stack === stack),
    };
    return { ...project, ...its, holds: describeHoldings(project, its) };
  });
}

/** The backends that something is promised at; one that is gone holds nothing. */
function backendsOf(entries: readonly LedgerEntry[]): readonly Backend[] {
  return [...new Set(entries.map(({ backend }) => backend))];
}

interface Survey {
  readonly objects: readonly FoundObject[];
  readonly leftovers: readonly FoundLeftover[];
}

/** All that this host's Groundwork has at a backend. */
async function surveyBackend(context: VerbContext, backend: Backend): Promise<Survey> {
  const driver = openDriver(context, backend);
  const host = hostId(context.home);
  const objects = (await driver.list(host)).map((object) => ({ driver, object }));
  return { objects, leftovers: (await driver.leftovers(host)).map((leftover) => ({ driver, leftover })) };
}

function describeHoldings(
  { workspace }: KnownProject,
  { entries, objects, leftovers }: Pick<VanishedProject, "entries" | "objects" | "leftovers">,
): string[] {
  return [
    ...objects.map(
      ({ object: { identity, running, diskGiB } }) =>
        `the ${identity.backend} ${diskGiB === undefined ? "container" : "machine"} ${identity.name} (${running ? "running" : "stopped"}), with the files written inside`,
    ),
    ...entries.flatMap(({ id, memoryMiB, ports }) => [
      `the promise of ${memoryMiB} MiB to ${id}`,
      ...ports.map(({ host, protocol }) => `the port ${host}/${protocol}`),
    ]),
    ...leftovers.map(({ leftover }) => describeLeftover(leftover)),
    `its Pulumi state and the key of its secrets in ${workspace.directory}`,
  ];
}

/** A leftover, for people. */
function describeLeftover({ kind, name }: Leftover): string {
  return kind === "network" ? `the network ${name}` : `the ${kind} ${name}, with files written inside an instance`;
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
async function destroy(context: VerbContext, { workspace, objects, leftovers }: VanishedProject): Promise<void> {
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
  for (const { driver, leftover } of leftovers) await driver.removeLeftover(leftover);
}
