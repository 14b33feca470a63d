/** The backends, by name. */

import type { OwnedObject } from "../settings/instance-objects";
import { GroundworkError } from "../settings/errors";
import { backends, isContainerBackend, type Backend, type ContainerBackend } from "../settings/instance-spec";
import { ContainerDriver, type ContainerDriverOptions } from "./containers/container-driver";
import { docker } from "./containers/docker";
import { podman } from "./containers/podman";
import { changeOf as changeOfContainer } from "./containers/plan-change";
import type { ChangeKind, Driver } from "./driver";
import type { MachineSetting } from "./vagrant/machine-setting";
import { changeOf as changeOfMachine } from "./vagrant/plan-change";
import { VagrantDriver } from "./vagrant/vagrant-driver";
import { changeOfVirtualBox } from "./vagrant/virtualbox/plan-change";
import { VirtualBoxDriver } from "./vagrant/virtualbox/virtualbox-driver";

/** How drivers are made. */
export interface DriverOptions extends Omit<ContainerDriverOptions, "path" | "virsh"> {
  /** The paths of the backends' programs. @default each is found on the PATH */
  readonly paths?: Readonly<Partial<Record<Backend, string | undefined>>>;
  /** What virtual machines are made with. @default there are none */
  readonly machines?: MachineOptions | undefined;
  /** Called with each stage of a change. @default nobody listens */
  readonly onStage?: MachineSetting["onStage"];
}

/** What virtual machines are made with. */
export interface MachineOptions {
  /** The folder that holds a folder for each machine. */
  readonly directory: string;
  /** The folder for downloaded cloud images. */
  readonly images: string;
  /** Where Vagrant is. @default found on the PATH */
  readonly vagrant?: string | undefined;
  /** The box that set-up made. @default none */
  readonly box?: MachineSetting["box"];
}

/** How differences of these properties are made up at a backend; the strongest counts. */
export function changeOf(backend: Backend, changed: readonly string[]): ChangeKind {
  if (isContainerBackend(backend)) return changeOfContainer(changed);
  return backend === "libvirt" ? changeOfMachine(changed) : changeOfVirtualBox(changed);
}

const dialects = { podman, docker } as const satisfies Record<ContainerBackend, unknown>;

/** What Groundwork made on a host, at every backend; one that is not there has made nothing. */
export async function listEverywhere(options: DriverOptions, host: string): Promise<readonly OwnedObject[]> {
  const lists = backends.map((backend) => listAt(backend, options, host).catch(nothingWhereAbsent));
  return (await Promise.all(lists)).flat();
}

async function listAt(backend: Backend, options: DriverOptions, host: string): Promise<readonly OwnedObject[]> {
  return createDriver(backend, options).list(host);
}

function nothingWhereAbsent(error: unknown): readonly OwnedObject[] {
  if (error instanceof GroundworkError && error.code === "PROVIDER_NOT_AVAILABLE") return [];
  throw error;
}

/** Makes the driver of a backend. Nothing is started or looked for yet. */
export function createDriver(
  backend: Backend,
  { paths, machines, onStage = () => undefined, ...options }: DriverOptions,
): Driver {
  if (isContainerBackend(backend)) {
    return new ContainerDriver(dialects[backend], { ...options, path: paths?.[backend], virsh: paths?.libvirt });
  }
  if (machines === undefined) {
    throw new GroundworkError("PROVIDER_NOT_AVAILABLE", `No folder for virtual machines on ${backend} was given.`);
  }
  const { directory, ...rest } = machines;
  const { environment = process.env } = options;
  const setting = { path: paths?.[backend], environment, machines: directory, ...rest, onStage };
  return backend === "libvirt" ? new VagrantDriver(setting) : new VirtualBoxDriver(setting);
}
