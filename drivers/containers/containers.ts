/** Finds the containers that may be ours, and says whose they are. */

import { ownerLabels } from "../../settings/instance-properties";
import type { Target } from "../driver";
import type { LocalImage } from "./create-arguments";
import { parseImage } from "./images";
import { imageNameOf, parseInspect, wasStarted, type InspectedContainer } from "./inspect";
import { programError, type ContainerProgram, type ProgramResult } from "./program";

/** Under this name a container waits while its successor is made; see `recreate-container.ts`. */
export function previousName(name: string): string {
  return `${name}.previous`;
}

/** The containers that bear on one target. */
export interface Candidates {
  /** Ours: the recorded object, else what has our name and all our labels. */
  readonly ours?: InspectedContainer;
  /** A second one of ours: made by a recreation that was cut off, or set aside by one. */
  readonly leftover?: InspectedContainer;
  /** Something else under our name. */
  readonly foreign?: InspectedContainer;
}

/**
 * Describes all containers of these names and ids with one call.
 *
 * `container inspect` prints what it finds and fails when one of them is missing (podman 4.3.1, Docker 20.10,
 * measured), so only a message of another kind is a failure.
 */
export async function inspectContainers(
  program: ContainerProgram,
  names: readonly string[],
): Promise<readonly InspectedContainer[]> {
  if (names.length === 0) return [];
  const { stdout } = await inspect(program, ["container", "inspect", ...names]);
  return parseInspect(stdout);
}

/**
 * {@link inspectContainers}, and an image that one of them may be made from, with the same call.
 *
 * `inspect` takes a name for a container's, else for an image's (podman 4.3.1, Docker 20.10), so an image by the name of
 * another container is not found. It would find networks too, but podman asks for all names at once as networks.
 */
export async function inspectWithImage(
  program: ContainerProgram,
  names: readonly string[],
  image: string,
): Promise<{ readonly containers: readonly InspectedContainer[]; readonly image: LocalImage | undefined }> {
  const { stdout, stderr } = await inspect(program, ["inspect", image, ...names]);
  const described = JSON.parse(stdout) as readonly { readonly State?: unknown }[];
  const containers = described.filter(({ State }) => typeof State === "object" && State !== null);
  // They are printed in the order in which they were asked for.
  return {
    containers: parseInspect(containers),
    image: isMissing(stderr, image) ? undefined : parseImage(described[0]),
  };
}

async function inspect(program: ContainerProgram, parameters: readonly string[]): Promise<ProgramResult> {
  const result = await program.call(parameters);
  if (result.exitCode !== 0 && !onlyMissing(result.stderr))
    throw programError(program.dialect.name, parameters, result);
  return result;
}

function isMissing(stderr: string, name: string): boolean {
  return stderr.split("\n").some((line) => line.replaceAll('"', "").endsWith(` ${name}`));
}

/** A name that no container has is taken for the beginning of an id, and may be that of several. */
const meansMissing = /no such (container|object)|more than one result for container ID|multiple IDs found/i;

function onlyMissing(stderr: string): boolean {
  const errors = stderr.split("\n").filter((line) => /^error/i.test(line));
  return errors.length > 0 && errors.every((line) => meansMissing.test(line));
}

/** The names and ids to ask for, so that {@link candidatesOf} can answer. */
export function namesOf(target: Target): readonly string[] {
  const names = [target.name, previousName(target.name)];
  return target.objectId === undefined ? names : [target.objectId, ...names];
}

/**
 * Sorts out whose the containers are.
 *
 * Ours is the object whose id we recorded, whatever its labels say now (a changed label is drift),
 * or, when that is gone, one under our name that carries all our labels (made again by hand, or by
 * a run that died before it could record it). Anything else under our name is someone else's.
 *
 * A recreation that was cut off may leave two: the successor counts as soon as it ran, for something may have been
 * written in it since, and what was in the one that waits is in it too.
 */
export function candidatesOf(target: Target, containers: readonly InspectedContainer[]): Candidates {
  const isOurs = (container: InspectedContainer) =>
    container.Id === target.objectId || hasOwnerLabels(container, target);
  const recorded = containers.find((container) => container.Id === target.objectId);
  const named = containers.find((container) => container.Name === target.name);
  const previous = containers.find((container) => container.Name === previousName(target.name));
  const succeeded = previous !== undefined && named !== undefined && wasStarted(named);
  const order = succeeded ? [named, previous] : [recorded, previous, named];
  const [ours, leftover] = new Set(order.filter((found) => found !== undefined && isOurs(found)));
  return {
    ...(ours === undefined ? {} : { ours }),
    ...(leftover === undefined ? {} : { leftover }),
    ...(named === undefined || isOurs(named) ? {} : { foreign: named }),
  };
}

function hasOwnerLabels(container: InspectedContainer, target: Target): boolean {
  const labels = container.Config.Labels ?? {};
  return Object.entries(ownerLabels(target)).every(([name, value]) => labels[name] === value);
}

/** A sentence about someone else's container. */
export function describeForeign(container: InspectedContainer): string {
  const labels = container.Config.Labels ?? {};
  const owner = labels["groundwork.stack"];
  const whose = owner === undefined ? "Groundwork did not make it" : `it belongs to the stack "${owner}"`;
  return `a container named "${container.Name}" (${container.Id.slice(0, 12)}, image ${imageNameOf(container)}) is there already and ${whose}`;
}
