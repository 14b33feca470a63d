/**
 * Makes a container again without losing what was written inside it: its writable layer becomes
 * an image, and the successor is made from that. The old container waits under another name until
 * the new one runs, so that every step can be undone.
 */

import { isBridge } from "../../settings/bridge";
import type { DesiredInstance } from "../driver";
import { leaveBridges } from "./bridges";
import { previousName } from "./containers";
import type { ContainerSource } from "./create-arguments";
import { createFrom, stopContainer } from "./create-container";
import { localImage } from "./images";
import { anonymousVolumes, type InspectedContainer } from "./inspect";
import { leaveNetworks } from "./leave-networks";
import { prepareMeeting } from "./machines";
import { dropLayers, dropOldSnapshots, saveForSuccessor, saveLayer, snapshotImage } from "./layers";
import type { ContainerProgram } from "./program";

/** How a container is replaced. */
export interface Recreation {
  /** `recreate` carries what was written inside over; `replace` starts from the new image and keeps it as a snapshot. */
  readonly change: "recreate" | "replace";
  /** How many layers of ours an image may have. */
  readonly mostLayers: number;
  readonly signal: AbortSignal | undefined;
}

/** Replaces the container and returns the new one's id. */
export async function recreateContainer(
  program: ContainerProgram,
  old: InspectedContainer,
  desired: DesiredInstance,
  recreation: Recreation,
): Promise<string> {
  const { name } = desired.spec;
  const { signal } = recreation;
  const wasRunning = old.State.Running || old.State.Paused;
  // What can be refused is asked before anything stands still.
  const addresses = await prepareMeeting(program, desired);
  await stopContainer(program, old);
  const undoing: (() => Promise<unknown>)[] = [async () => wasRunning && program.run(["start", old.Id])];
  try {
    signal?.throwIfAborted();
    const { source, saved } = await prepareSource(program, old, desired, recreation);
    undoing.unshift(() => program.call(["rmi", saved]));
    await program.run(["rename", old.Id, previousName(name)]);
    undoing.unshift(() => program.run(["rename", old.Id, old.Name]));
    const id = await createFrom(program, desired, { ...source, addresses }, signal);
    await program.run([...program.dialect.removeAtOnce, old.Id]);
    await dropLayers(program, old);
    await leaveFormer(program, old, desired);
    await leaveBridges(program, old);
    if (recreation.change === "replace") await dropOldSnapshots(program, name);
    return id;
  } catch (error) {
    for (const undo of undoing) await undo();
    throw error;
  }
}

/**
 * An instance that was handed to another stack may have been the last on the networks of the one that it was in, and one
 * whose stack has no machines any more on theirs.
 */
async function leaveFormer(
  program: ContainerProgram,
  old: InspectedContainer,
  { identity, network, machines }: DesiredInstance,
): Promise<void> {
  const { "groundwork.stack": stack, "groundwork.id": id = identity.id } = old.Config.Labels ?? {};
  const stays = [network.name, machines?.network.name];
  const left = Object.keys(old.NetworkSettings.Networks ?? {}).filter(
    (name) => !isBridge(name) && !stays.includes(name),
  );
  if (stack !== undefined && left.length > 0) await leaveNetworks(program, { host: identity.host, stack, id });
}

/** Saves what was written inside; `saved` is the image that it is in. */
async function prepareSource(
  program: ContainerProgram,
  old: InspectedContainer,
  desired: DesiredInstance,
  { change, mostLayers }: Recreation,
): Promise<{ readonly source: ContainerSource; readonly saved: string }> {
  const base = await localImage(program, desired.spec.image);
  const carried = { base, anonymousVolumes: anonymousVolumes(old) };
  if (change === "replace") {
    const { image } = await saveLayer(program, old, desired, snapshotImage(desired.spec.name));
    return { source: { ...carried, madeFrom: base.id, leftoverVariables: [] }, saved: image };
  }
  const { image, variables } = await saveForSuccessor(program, old, desired, { base, most: mostLayers });
  return { source: { ...carried, madeFrom: image, leftoverVariables: variables }, saved: image };
}
