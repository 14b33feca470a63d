/** The images that keep what was written inside a container: the layer its successor is made from, and snapshots. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DesiredInstance } from "../driver";
import { label, parseListLabel } from "./container-labels";
import type { LocalImage } from "./create-arguments";
import { localImage } from "./images";
import type { InspectedContainer } from "./inspect";
import type { ContainerProgram } from "./program";

/** How many layers of ours an image may have above the user's, by default: storage has a limit of 125 or so. */
export const mostLayers = 20;

/** How many snapshots of an instance are kept. */
const snapshotsKept = 3;

/** The image that holds the writable layer of the instance's previous container. */
export function layerImage(name: string): string {
  return `localhost/groundwork/layer/${name}:latest`;
}

function snapshotRepository(name: string): string {
  return `localhost/groundwork/snapshot/${name}`;
}

/** An image that holds what was written inside a container. */
export interface SavedLayer {
  readonly image: string;
  /** Names of variables that a container made from it must be given, or lose. */
  readonly variables: readonly string[];
}

/** Saves what was written inside, on top of the image that the container was made from. */
export async function saveLayer(
  program: ContainerProgram,
  container: InspectedContainer,
  desired: DesiredInstance,
  image: string,
): Promise<SavedLayer> {
  const variables = parseListLabel((container.Config.Labels ?? {})[label.environment]);
  // An image keeps the variables of its container; ours are secret, so it gets their names alone.
  const changes = [...variables.map((name) => `ENV ${name}=`), ...labelChanges(desired)];
  return { image: await program.run(["commit", ...changeArguments(changes), container.Id, image]), variables };
}

/**
 * Saves what was written inside: as one layer more, or, when there are `most` already, all files as a single one.
 * Where that fails (it takes as much disk as the files do), a layer more is saved, and the next time tries again.
 */
export async function saveForSuccessor(
  program: ContainerProgram,
  container: InspectedContainer,
  desired: DesiredInstance,
  { base, most }: { readonly base: LocalImage; readonly most: number },
): Promise<SavedLayer> {
  const image = layerImage(desired.spec.name);
  if (await hasLayers(program, container, base, most)) {
    const flat = await flatten(program, container, [...base.configuration, ...labelChanges(desired)], image);
    // It has no variables at all, so that the base's are given to the container.
    const variables = base.environment.map((variable) => variable.split("=", 1)[0] ?? "");
    if (flat !== undefined) return { image: flat, variables };
  }
  return saveLayer(program, container, desired, image);
}

async function hasLayers(
  program: ContainerProgram,
  { Image }: InspectedContainer,
  base: LocalImage,
  most: number,
): Promise<boolean> {
  if (Image === base.id) return false;
  return (await localImage(program, Image)).layers - base.layers >= most;
}

async function flatten(
  program: ContainerProgram,
  container: InspectedContainer,
  changes: readonly string[],
  image: string,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "groundwork-layer-"));
  try {
    // By a file, because the half of a pipe that ended early could pass for the whole.
    const archive = join(folder, "files.tar");
    const exported = await program.call(["export", "--output", archive, container.Id]);
    if (exported.exitCode !== 0) return undefined;
    const imported = await program.call(["import", ...changeArguments(changes), archive, image]);
    // What import prints is not spelled as containers tell their image.
    return imported.exitCode === 0 ? (await localImage(program, image)).id : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The owner may be another by now, so an image gets the labels of the instance that it is made for. */
function labelChanges({ properties }: DesiredInstance): readonly string[] {
  return Object.entries(properties.labels).map(([name, value]) => `LABEL ${name}=${String(value)}`);
}

function changeArguments(changes: readonly string[]): readonly string[] {
  return changes.flatMap((change) => ["--change", change]);
}

/** The name of a snapshot that is taken now; names sort by their time. */
export function snapshotImage(name: string): string {
  const time = new Date().toISOString().replace(/[-:.]/g, "").toLowerCase();
  return `${snapshotRepository(name)}:${time}`;
}

/** Removes all snapshots of an instance but the latest. One that is in use stays. */
export async function dropOldSnapshots(program: ContainerProgram, name: string): Promise<void> {
  const filter = ["--filter", `reference=${snapshotRepository(name)}`, "--format", "{{.Repository}}:{{.Tag}}"];
  const snapshots = await program.runLines(["images", ...filter]);
  for (const old of snapshots.toSorted().slice(0, -snapshotsKept)) await program.call(["rmi", old]);
}

/** Gives the layer of a container that is renamed its new name too: under another it would outlive the container. */
export async function renameLayer(program: ContainerProgram, from: string, to: string): Promise<void> {
  const { exitCode } = await program.call(["tag", layerImage(from), layerImage(to)]);
  // Most containers have no layer.
  if (exitCode === 0) await program.call(["rmi", layerImage(from)]);
}

/** Removes the layers that only this container, which is gone, was made from. One that is in use stays. */
export async function dropLayers(program: ContainerProgram, container: InspectedContainer): Promise<void> {
  const { [label.madeFrom]: madeFrom, [label.baseImage]: base } = container.Config.Labels ?? {};
  if (madeFrom !== undefined && madeFrom !== base && madeFrom === container.Image) {
    await program.call(["rmi", container.Image]);
  }
}
