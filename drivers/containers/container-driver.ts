/** Instances that are containers, on Podman or on Docker. */

import { platform } from "node:os";
import type { Connection } from "../../settings/connection";
import { GroundworkError } from "../../settings/errors";
import type { OwnedObject } from "../../settings/instance-objects";
import {
  differences,
  type DesiredInstance,
  type Driver,
  type EngineHost,
  type EnsureResult,
  type Leftover,
  type LogOptions,
  type Observation,
  type ObservedProperties,
  type ObserveOptions,
  type Target,
  type Usage,
} from "../driver";
import { leaveBridges } from "./bridges";
import { readLimits } from "./cgroup";
import {
  candidatesOf,
  describeForeign,
  inspectContainers,
  inspectWithImage,
  namesOf,
  previousName,
  type Candidates,
} from "./containers";
import { createContainer, startContainer, stopContainer } from "./create-container";
import type { Dialect } from "./dialect";
import {
  imageNameOf,
  isActive,
  isRunning,
  readProperties,
  type InspectedContainer,
  type ReadingContext,
  anonymousVolumes,
  storedLimits,
} from "./inspect";
import { askEngineHost, runsElsewhere } from "./engine-host";
import { findLeftovers, removeLeftover } from "./leftovers";
import { dropLayers, layerImage, mostLayers, renameLayer } from "./layers";
import { leaveNetworks } from "./leave-networks";
import { knownMachines, meetingNetworks, prepareMeeting } from "./machines";
import { ensureNetwork, hasNetwork, listSubnets } from "./networks";
import { removeOrphan } from "./orphans";
import { ownedObjects } from "./owned-objects";
import { planChange } from "./plan-change";
import { ContainerProgram, type ProgramOptions } from "./program";
import { recreateContainer } from "./recreate-container";
import { readUsage } from "./usage";

/** How the driver is made. */
export interface ContainerDriverOptions extends ProgramOptions {
  /** The digest of an environment, by this host's key. */
  readonly digest: ReadingContext["digest"];
  /** How many layers of ours an image may have, until all its files are made one. @default 20 */
  readonly mostLayers?: number;
}

type MeetingNetworks = Awaited<ReturnType<typeof meetingNetworks>>;

/** Seconds that a program gets between SIGTERM and SIGKILL. */
const stopSeconds = 10;

/** The driver of the backends that run containers. */
export class ContainerDriver implements Driver {
  private readonly program: ContainerProgram;
  private readonly context: ReadingContext;
  private readonly mostLayers: number;

  constructor(dialect: Dialect, options: ContainerDriverOptions) {
    this.program = new ContainerProgram(dialect, options);
    this.mostLayers = options.mostLayers ?? mostLayers;
    this.context = { digest: options.digest, limits: readLimits };
  }

  async observe(targets: readonly Target[], { usage }: ObserveOptions = {}): Promise<readonly Observation[]> {
    const containers = await this.inspectAll(targets);
    const candidates = targets.map((target) => candidatesOf(target, containers));
    const usages = usage === true ? await readUsage(candidates.map(({ ours }) => cgroupOf(ours))) : [];
    const networks = await meetingNetworks(
      this.program,
      candidates.flatMap(({ ours }) => ours ?? []),
    ).catch(unknownWhereAbsent);
    return candidates.map((each, index) => this.observation(each, usages[index], networks));
  }

  /**
   * The containers that bear on the targets. Most have the id that was recorded and the name that they are to have;
   * by any other name only the rest are asked for, because names that nobody has cost time too.
   */
  private async inspectAll(targets: readonly Target[]): Promise<readonly InspectedContainer[]> {
    const recorded = await inspectContainers(
      this.program,
      targets.flatMap(({ objectId }) => objectId ?? []),
    );
    const names = new Map(recorded.map(({ Id, Name }) => [Id, Name]));
    const rest = targets.filter(({ objectId = "", name }) => names.get(objectId) !== name);
    const others = await inspectContainers(this.program, rest.flatMap(namesOf));
    return [...recorded, ...others.filter(({ Id }) => !names.has(Id))];
  }

  private observation(
    { ours, foreign }: Candidates,
    usage: Usage | undefined,
    networks: MeetingNetworks | undefined,
  ): Observation {
    if (ours !== undefined) {
      const properties = this.propertiesOf(ours, networks);
      const seen = { state: "present", objectId: ours.Id, active: isActive(ours), properties } as const;
      return usage === undefined ? seen : { ...seen, usage };
    }
    if (foreign !== undefined) {
      return { state: "foreign", objectId: foreign.Id, description: describeForeign(foreign) };
    }
    return { state: "absent" };
  }

  /** @param networks undefined: which machines it knows is not to be seen now */
  private propertiesOf(container: InspectedContainer, networks: MeetingNetworks | undefined): ObservedProperties {
    const machines = networks && knownMachines(container, networks);
    return { ...readProperties(container, this.context), ...(machines === undefined ? {} : { machines }) };
  }

  async ensure(desired: DesiredInstance, objectId: string | undefined, signal?: AbortSignal): Promise<EnsureResult> {
    const target = { ...desired.identity, objectId };
    const [{ containers, image }, networkIsThere] = await Promise.all([
      inspectWithImage(this.program, namesOf(target), desired.spec.image),
      // One that was made before is hardly ever made from nothing.
      objectId === undefined && hasNetwork(this.program, desired),
    ]);
    const { ours, leftover, foreign } = candidatesOf(target, containers);
    if (foreign !== undefined) throw foreignError(target, foreign);
    if (leftover !== undefined) await this.program.run([...this.program.dialect.removeAtOnce, leftover.Id]);
    if (ours === undefined) {
      return {
        objectId: await createContainer(this.program, desired, { image, networkIsThere }, signal),
        change: "create",
      };
    }
    return this.change(await this.nameBack(ours, target.name), desired, signal);
  }

  /** A recreation that was cut off leaves our container under its waiting name. */
  private async nameBack(container: InspectedContainer, name: string): Promise<InspectedContainer> {
    if (container.Name !== previousName(name)) return container;
    await this.program.run(["rename", container.Id, name]);
    return { ...container, Name: name };
  }

  private async change(
    container: InspectedContainer,
    desired: DesiredInstance,
    signal: AbortSignal | undefined,
  ): Promise<EnsureResult> {
    const observed = this.propertiesOf(container, await meetingNetworks(this.program, [container]));
    const planned = planChange(observed, desired.properties);
    const change = planned === "restart" && (await this.mustRecreate(container, desired)) ? "recreate" : planned;
    if (container.Name !== desired.spec.name) await renameLayer(this.program, container.Name, desired.spec.name);
    if (change === "recreate" || change === "replace") return this.recreate(container, desired, change, signal);
    try {
      if (change !== "none") await this.changeInPlace(container, desired, differences(observed, desired.properties));
    } catch (error) {
      if (!isHalfStarted(container, error)) throw error;
      return this.recreate(container, desired, "recreate", signal);
    }
    return { objectId: container.Id, change };
  }

  private async recreate(
    container: InspectedContainer,
    desired: DesiredInstance,
    change: "recreate" | "replace",
    signal: AbortSignal | undefined,
  ): Promise<EnsureResult> {
    const { mostLayers } = this;
    const objectId = await recreateContainer(this.program, container, desired, { change, mostLayers, signal });
    return { objectId, change };
  }

  /**
   * Whether one that is to be started could not be, or would start with other limits than were promised: then making it
   * again costs no program that runs, and the limits hold whoever starts it the next time.
   */
  private async mustRecreate(container: InspectedContainer, desired: DesiredInstance): Promise<boolean> {
    if (isActive(container) || !desired.properties.running) return false;
    const { memoryMiB, cpus } = storedLimits(container);
    const { spec } = desired;
    if (memoryMiB !== spec.memoryMiB || cpus !== spec.cpus || (await ensureNetwork(this.program, desired))) return true;
    // A network of libvirt that stands still, after a start of this host for one, would keep it from starting.
    await prepareMeeting(this.program, desired);
    return false;
  }

  private async changeInPlace(
    container: InspectedContainer,
    desired: DesiredInstance,
    changed: ReturnType<typeof differences>,
  ): Promise<void> {
    if (changed.includes("name")) await this.program.run(["rename", container.Id, desired.spec.name]);
    if (changed.includes("running")) {
      await (desired.properties.running
        ? startContainer(this.program, container, desired)
        : stopContainer(this.program, container));
    } else if (isRunning(container)) {
      await this.program.run(["update", ...this.program.dialect.updateArguments(desired.spec), container.Id]);
    }
  }

  async remove(target: Target): Promise<void> {
    const { ours, leftover, foreign } = await this.candidates(target);
    if (ours === undefined && foreign === undefined) await removeOrphan(this.program, target.name);
    for (const container of [ours, leftover]) {
      if (container === undefined) continue;
      await stopContainer(this.program, container, stopSeconds);
      await this.program.run([...this.program.dialect.removeAtOnce, "--volumes", container.Id]);
      await dropLayers(this.program, container);
      await leaveBridges(this.program, container);
      // Docker keeps those that came from a predecessor.
      for (const { source } of anonymousVolumes(container)) await this.program.call(["volume", "rm", source]);
    }
    // Only a recreation leaves a layer behind, so most instances have none; a failure here is that.
    await this.program.call(["rmi", layerImage(target.name)]);
    await leaveNetworks(this.program, target);
  }

  async stop(target: Target, graceful: boolean): Promise<void> {
    const { ours } = await this.candidates(target);
    if (ours !== undefined) await stopContainer(this.program, ours, graceful ? stopSeconds : 0);
  }

  async list(host: string): Promise<readonly OwnedObject[]> {
    return ownedObjects(await this.containersOf(host), this.program.dialect.name, this.context.limits);
  }

  async leftovers(host: string): Promise<readonly Leftover[]> {
    return findLeftovers(this.program, host, await this.containersOf(host));
  }

  async removeLeftover(leftover: Leftover): Promise<void> {
    await removeLeftover(this.program, leftover);
  }

  /** Every container with the label of this host. One that goes in between is no longer there. */
  private async containersOf(host: string): Promise<readonly InspectedContainer[]> {
    const filter = ["--filter", `label=groundwork.host=${host}`];
    const ids = await this.program.runLines(["ps", "--all", "--quiet", "--no-trunc", ...filter]);
    return inspectContainers(this.program, ids);
  }

  async elsewhere(): Promise<EngineHost | undefined> {
    return runsElsewhere(platform(), this.program.environment) ? askEngineHost(this.program) : undefined;
  }

  /** A container lives in the backend's own storage, and is promised no disk. */
  diskSpace(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  subnets(): Promise<readonly string[]> {
    return listSubnets(this.program);
  }

  logsCommand(target: Target, { follow, tail, since, timestamps }: LogOptions): readonly string[] {
    return [
      ...[this.program.path, "logs"],
      ...(follow ? ["--follow"] : []),
      ...(tail === undefined ? [] : ["--tail", String(tail)]),
      ...(since === undefined ? [] : ["--since", since]),
      ...(timestamps ? ["--timestamps"] : []),
      target.name,
    ];
  }

  execCommand(target: Target, command: readonly string[], terminal: boolean): readonly string[] {
    const shell = ["sh", "-c", "command -v bash >/dev/null && exec bash -l || exec sh -l"];
    const inside = command.length > 0 ? command : shell;
    return [this.program.path, "exec", "--interactive", ...(terminal ? ["--tty"] : []), target.name, ...inside];
  }

  connection(target: Target): Promise<Connection> {
    return Promise.resolve({ kind: "container", program: this.program.path, container: target.name });
  }

  private async candidates(target: Target): Promise<Candidates> {
    return candidatesOf(target, await inspectContainers(this.program, namesOf(target)));
  }
}

/** A libvirt that is not there is no reason to say nothing of containers; who needs it is told when something is changed. */
function unknownWhereAbsent(error: unknown): undefined {
  if (error instanceof GroundworkError && error.code === "PROVIDER_NOT_AVAILABLE") return undefined;
  throw error;
}

function foreignError(target: Target, foreign: InspectedContainer): GroundworkError {
  return new GroundworkError("INFRA_EXISTS", `${target.id}: ${describeForeign(foreign)}; it was left untouched`, {
    details: { name: target.name, objectId: foreign.Id, image: imageNameOf(foreign) },
  });
}

/**
 * Whether a start failed because an earlier one was killed in the middle: the runtime has the container, and podman (4.3.1)
 * does not know. It can be saved, renamed and removed, but never started.
 */
function isHalfStarted({ State }: InspectedContainer, error: unknown): boolean {
  if (!(error instanceof GroundworkError)) return false;
  return State.Status === "initialized" || /container with given ID already exists/.test(error.message);
}

/** The control group of a container that runs; empty for any other. */
function cgroupOf(container: InspectedContainer | undefined): string {
  return container?.State.Running === true ? container.State.CgroupPath : "";
}
