/** Makes a container and starts it; what was begun is undone when it fails. */

import { GroundworkError } from "../../settings/errors";
import type { DesiredInstance } from "../driver";
import { joinBridge, leaveBridges } from "./bridges";
import { readLimits } from "./cgroup";
import { candidatesOf, inspectContainers } from "./containers";
import {
  createArguments,
  environmentFile,
  processVariables,
  type ContainerSource,
  type LocalImage,
} from "./create-arguments";
import { isRunning, type InspectedContainer } from "./inspect";
import { localImage } from "./images";
import { keepIsolated } from "./isolation";
import { leaveNetworks } from "./leave-networks";
import { joinMachines, prepareMeeting } from "./machines";
import { ensureNetwork } from "./networks";
import { removeOrphan } from "./orphans";
import type { ContainerProgram } from "./program";

/** What was seen just now of what a container needs. */
export interface SeenNeeds {
  /** The image that the user named. @default this host does not have it */
  readonly image: LocalImage | undefined;
  readonly networkIsThere: boolean;
}

/** Makes and (unless it is to be stopped) starts the container; returns its id. */
export async function createContainer(
  program: ContainerProgram,
  desired: DesiredInstance,
  { image, networkIsThere }: SeenNeeds,
  signal: AbortSignal | undefined,
): Promise<string> {
  const base = image ?? (await localImage(program, desired.spec.image));
  const source = { base, madeFrom: base.id, leftoverVariables: [], anonymousVolumes: [], networkIsThere };
  return createFrom(program, desired, source, signal);
}

/** {@link createContainer}, from a given image. */
export async function createFrom(
  program: ContainerProgram,
  desired: DesiredInstance,
  source: ContainerSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  signal?.throwIfAborted();
  try {
    if (source.networkIsThere !== true) await ensureNetwork(program, desired);
    const addresses = source.addresses ?? (await prepareMeeting(program, desired));
    const id = await make(program, desired, { ...source, addresses });
    await whileRunning(program, id, desired, async () => {
      await joinMachines(program, id, desired, addresses);
      await joinBridge(program, id, desired);
    });
    if (desired.properties.running) await requireRunning(program, id, desired);
    signal?.throwIfAborted();
    return id;
  } catch (error) {
    await undo(program, desired);
    throw error;
  }
}

async function make(program: ContainerProgram, desired: DesiredInstance, source: ContainerSource): Promise<string> {
  const parameters = createArguments(program.dialect, desired, source);
  const options = {
    stdin: environmentFile(desired.spec.environment),
    environment: processVariables(desired.spec.environment),
  };
  try {
    return await program.run(parameters, options);
  } catch (error) {
    const isTaken = error instanceof GroundworkError && error.code === "INFRA_EXISTS";
    if (!isTaken || !(await removeOrphan(program, desired.identity.name))) throw error;
    return program.run(parameters, options);
  }
}

/** Removes what a failed or cut-off creation left: what has our name and our labels, and a network that nobody is on. */
async function undo(program: ContainerProgram, desired: DesiredInstance): Promise<void> {
  const target = { ...desired.identity, objectId: undefined };
  const { ours } = candidatesOf(target, await inspectContainers(program, [target.name]));
  if (ours !== undefined) {
    await program.run([...program.dialect.removeAtOnce, "--volumes", ours.Id]);
    await leaveBridges(program, ours);
  }
  await leaveNetworks(program, desired.identity);
}

/** Starts a container that exists, with the limits it is to have: a start brings back those it was made with. */
export async function startContainer(
  program: ContainerProgram,
  container: InspectedContainer,
  desired: DesiredInstance,
): Promise<void> {
  if (container.State.Paused) {
    await program.run(["unpause", container.Id]);
    await applyLimits(program, container, desired);
  } else await start(program, container.Id, desired);
}

/** Stops a container; one that stands still is fine. Podman refuses to stop a paused one, so that is let go first. */
export async function stopContainer(
  program: ContainerProgram,
  container: InspectedContainer,
  seconds = 10,
): Promise<void> {
  const { Running, Paused } = container.State;
  if (!Running && !Paused) return;
  if (Paused) await program.run(["unpause", container.Id]);
  await program.run(["stop", "-t", String(seconds), container.Id]);
}

async function start(program: ContainerProgram, id: string, desired: DesiredInstance): Promise<void> {
  await program.run(["start", id]);
  const container = await requireRunning(program, id, desired);
  await whileRunning(program, id, desired, () => applyLimits(program, container, desired));
}

/** Does something to what was started just now: where that fails because its program has ended, this is the reason. */
async function whileRunning(
  program: ContainerProgram,
  id: string,
  desired: DesiredInstance,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (desired.properties.running) await requireRunning(program, id, desired);
    throw error;
  }
}

/** The container that was started just now. @throws INFRA_NOT_RUNNING when its program has ended already */
async function requireRunning(
  program: ContainerProgram,
  id: string,
  desired: DesiredInstance,
): Promise<InspectedContainer> {
  const [[container]] = await Promise.all([inspectContainers(program, [id]), keepIsolated(program)]);
  if (container === undefined || !isRunning(container)) throw await endedAtOnce(program, desired, id, container);
  return container;
}

async function applyLimits(
  program: ContainerProgram,
  container: InspectedContainer,
  desired: DesiredInstance,
): Promise<void> {
  const limits = readLimits(container.State.CgroupPath);
  const { memoryMiB, cpus } = desired.spec;
  if (limits !== undefined && (limits.memoryMiB !== memoryMiB || limits.cpus !== cpus)) {
    await program.run(["update", ...program.dialect.updateArguments(desired.spec), container.Id]);
  }
}

async function endedAtOnce(
  program: ContainerProgram,
  desired: DesiredInstance,
  id: string,
  container: InspectedContainer | undefined,
): Promise<GroundworkError> {
  const logs = await program.call(["logs", "--tail", "5", id]);
  const said = `${logs.stdout}${logs.stderr}`.trim();
  const status = String(container?.State.ExitCode ?? "unknown");
  return new GroundworkError(
    "INFRA_NOT_RUNNING",
    `${desired.spec.id}: its program ended at once with status ${status}${said === "" ? "" : `; it said: ${said}`}`,
    { suggestion: "Set COMMAND to a program that keeps running, e.g. `sleep infinity`." },
  );
}
