/**
 * Makes a container again without losing what was written inside it: its writable layer becomes
 * an image, and the successor is made from that. The old container waits under another name until
 * the new one runs, so that every step can be undone.
 */

import type { DesiredInstance } from "../driver";
import { label, parseListLabel } from "./container-labels";
import { previousName } from "./containers";
import type { ContainerSource } from "./create-arguments";
import { createFrom, stopContainer } from "./create-container";
import { localImage } from "./images";
import type { InspectedContainer } from "./inspect";
import type { ContainerProgram } from "./program";

/** The image that holds the writable layer of the instance's previous container. */
export function layerImage(name: string): string {
  return `localhost/groundwork/layer/${name}:latest`;
}

/** The image that keeps what was written inside, when another image takes its place. */
function snapshotImage(name: string): string {
  const time = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")
    .toLowerCase();
  return `localhost/groundwork/snapshot/${name}:${time}`;
}

/**
 * Replaces the container and returns the new one's id.
 *
 * @param change `recreate` carries the writable layer over; `replace` starts from the new image and keeps
 *   the old layer as a snapshot image
 */
export async function recreateContainer(
  program: ContainerProgram,
  old: InspectedContainer,
  desired: DesiredInstance,
  change: "recreate" | "replace",
  signal: AbortSignal | undefined,
): Promise<string> {
  const base = await localImage(program, desired.spec.image);
  const { name } = desired.spec;
  const wasRunning = old.State.Running || old.State.Paused;
  await stopContainer(program, old);
  const undoing: (() => Promise<unknown>)[] = [async () => wasRunning && program.run(["start", old.Id])];
  try {
    signal?.throwIfAborted();
    const image = change === "recreate" ? layerImage(name) : snapshotImage(name);
    const layer = await program.run(["commit", ...layerChanges(old, desired), old.Id, image]);
    undoing.unshift(() => program.call(["rmi", layer]));
    await program.run(["rename", old.Id, previousName(name)]);
    undoing.unshift(() => program.run(["rename", old.Id, old.Name]));
    const id = await createFrom(program, desired, sourceOf(old, base, change === "recreate" ? layer : base.id), signal);
    await program.run([...program.dialect.removeAtOnce, old.Id]);
    return id;
  } catch (error) {
    for (const undo of undoing) await undo();
    throw error;
  }
}

/**
 * An image keeps the variables and labels of the container it is made from. Our variables are secret, so it gets
 * their names alone; the owner may be another by now, so it gets the labels of the instance that it is made for.
 */
function layerChanges(old: InspectedContainer, desired: DesiredInstance): readonly string[] {
  const names = parseListLabel((old.Config.Labels ?? {})[label.environment]);
  const labels = Object.entries(desired.properties.labels);
  const changes = [...names.map((name) => `ENV ${name}=`), ...labels.map(([name, value]) => `LABEL ${name}=${value}`)];
  return changes.flatMap((change) => ["--change", change]);
}

/** A layer carries the variables of its container, so those that are no longer set are named. */
function sourceOf(old: InspectedContainer, base: ContainerSource["base"], madeFrom: string): ContainerSource {
  const labels = old.Config.Labels ?? {};
  const leftoverVariables = madeFrom === base.id ? [] : parseListLabel(labels[label.environment]);
  return { base, madeFrom, leftoverVariables };
}
