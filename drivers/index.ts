/** The backends, by name. */

import type { Backend } from "../settings/instance-spec";
import { ContainerDriver, type ContainerDriverOptions } from "./containers/container-driver";
import { docker } from "./containers/docker";
import { podman } from "./containers/podman";
import type { Driver } from "./driver";

/** How drivers are made. */
export interface DriverOptions extends Omit<ContainerDriverOptions, "path"> {
  /** The paths of the backends' programs. @default each is found on the PATH */
  readonly paths?: Readonly<Partial<Record<Backend, string | undefined>>>;
}

const dialects = { podman, docker } as const satisfies Record<Backend, unknown>;

/** Makes the driver of a backend. Nothing is started or looked for yet. */
export function createDriver(backend: Backend, { paths, ...options }: DriverOptions): Driver {
  return new ContainerDriver(dialects[backend], { ...options, path: paths?.[backend] });
}
