/** Makes a container and starts it; what was begun is undone when it fails. */

import { GroundworkError } from "../../settings/errors";
import type { DesiredInstance } from "../driver";
import { readLimits } from "./cgroup";
import { candidatesOf, inspectContainers } from "./containers";
import {
  createArguments,
  environmentFile,
  limitArguments,
  processVariables,
  type ContainerSource,
} from "./create-arguments";
import { isRunning, type InspectedContainer } from "./inspect";
import { localImage } from "./images";
import type { PodmanProcess } from "./podman-process";

/** Makes and (unless it is to be stopped) starts the container; returns its id. */
export async function createContainer(
  podman: PodmanProcess,
  desired: DesiredInstance,
  signal: AbortSignal | undefined,
): Promise<string> {
  const base = await localImage(podman, desired.spec.image);
  return createFrom(podman, desired, { base, madeFrom: base.id, leftoverVariables: [] }, signal);
}

/** {@link createContainer}, from a given image. */
export async function createFrom(
  podman: PodmanProcess,
  desired: DesiredInstance,
  source: ContainerSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  signal?.throwIfAborted();
  try {
    const id = await podman.run(createArguments(desired, source), {
      stdin: environmentFile(desired.spec.environment),
      environment: processVariables(desired.spec.environment),
    });
    signal?.throwIfAborted();
    if (desired.properties.running) await start(podman, id, desired);
    signal?.throwIfAborted();
    return id;
  } catch (error) {
    await undo(podman, desired);
    throw error;
  }
}

/** Removes what a failed or cut-off creation left: only what has our name and our labels. */
async function undo(podman: PodmanProcess, desired: DesiredInstance): Promise<void> {
  const target = { ...desired.identity, objectId: undefined };
  const { ours } = candidatesOf(target, await inspectContainers(podman, [target.name]));
  if (ours !== undefined) await podman.run(["rm", "--force", "--volumes", "--time", "0", ours.Id]);
}

/** Starts a container that exists, with the limits it is to have: a start brings back those it was made with. */
export async function startContainer(
  podman: PodmanProcess,
  container: InspectedContainer,
  desired: DesiredInstance,
): Promise<void> {
  if (container.State.Paused) {
    await podman.run(["unpause", container.Id]);
    await applyLimits(podman, container, desired);
  } else await start(podman, container.Id, desired);
}

/** Stops a container; one that stands still is fine. Podman refuses to stop a paused one, so that is let go first. */
export async function stopContainer(podman: PodmanProcess, container: InspectedContainer, seconds = 10): Promise<void> {
  const { Running, Paused } = container.State;
  if (!Running && !Paused) return;
  if (Paused) await podman.run(["unpause", container.Id]);
  await podman.run(["stop", "--time", String(seconds), container.Id]);
}

async function start(podman: PodmanProcess, id: string, desired: DesiredInstance): Promise<void> {
  await podman.run(["start", id]);
  const [container] = await inspectContainers(podman, [id]);
  if (container === undefined || !isRunning(container)) throw await endedAtOnce(podman, desired, id, container);
  await applyLimits(podman, container, desired);
}

async function applyLimits(
  podman: PodmanProcess,
  container: InspectedContainer,
  desired: DesiredInstance,
): Promise<void> {
  const limits = readLimits(container.State.CgroupPath);
  const { memoryMiB, cpus } = desired.spec;
  if (limits !== undefined && (limits.memoryMiB !== memoryMiB || limits.cpus !== cpus)) {
    await podman.run(["update", ...limitArguments(desired), container.Id]);
  }
}

async function endedAtOnce(
  podman: PodmanProcess,
  desired: DesiredInstance,
  id: string,
  container: InspectedContainer | undefined,
): Promise<GroundworkError> {
  const logs = await podman.call(["logs", "--tail", "5", id]);
  const said = `${logs.stdout}${logs.stderr}`.trim();
  const status = String(container?.State.ExitCode ?? "unknown");
  return new GroundworkError(
    "INFRA_NOT_RUNNING",
    `${desired.spec.id}: its program ended at once with status ${status}${said === "" ? "" : `; it said: ${said}`}`,
    { suggestion: "Set COMMAND to a program that keeps running, e.g. `sleep infinity`." },
  );
}
