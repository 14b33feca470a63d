/** What differs between the programs that run containers. All else is the same for each of them. */

import type { Backend, InstanceSpec, VolumeMount } from "../../settings/instance-spec";

/** One program's way of saying things. Pure. */
export interface Dialect {
  /** The backend, and the program's name on the PATH. */
  readonly name: Backend;
  /** Removes containers at once, running or not; their names or ids follow. */
  readonly removeAtOnce: readonly string[];
  /** Mounts a directory or a named volume; a directory that is not there is refused. */
  readonly mountArguments: (volume: VolumeMount) => readonly string[];
  /** Takes a variable away that the image sets; Docker leaves it empty. */
  readonly unsetArguments: (name: string) => readonly string[];
  /** Keeps a network that is made apart from the others. */
  readonly networkArguments: readonly string[];
  /** Whether networks that are kept apart no longer are when another one loses its last container. */
  readonly forgetsIsolation: boolean;
  /** Lists networks as `network inspect` describes them. @default there is no such command */
  readonly listsNetworks?: readonly string[];
  /** Lists all containers, and storage that belongs to none of them. @default there is no such storage */
  readonly listsStorage?: readonly string[];
  /** Makes a network that leads nowhere but to its instances and the host, and gives no names. */
  readonly bridgeArguments: readonly string[];
  /** Asks whether it runs without root: then it answers `true`, or names `rootless`. */
  readonly rootlessArguments: readonly string[];
  /** The limits, for a container that runs. */
  readonly updateArguments: (limits: Limits) => readonly string[];
}

/** The limits of an instance. */
export type Limits = Pick<InstanceSpec, "memoryMiB" | "cpus">;

/** `--memory` and `--cpus`, as every program takes them when it makes a container. */
export function limitArguments({ memoryMiB, cpus }: Limits): readonly string[] {
  return ["--memory", `${String(memoryMiB)}m`, "--cpus", String(cpus)];
}

/** `--volume`, as every program takes it. */
export function volumeArguments({ source, target, readOnly }: VolumeMount): readonly string[] {
  return ["--volume", `${source}:${target}${readOnly ? ":ro" : ""}`];
}
