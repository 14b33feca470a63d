/** The backends, by name. */

import type { OwnedObject } from "../settings/instance-objects";
import { GroundworkError } from "../settings/errors";
import { backends, type Backend, type ContainerBackend } from "../settings/instance-spec";
import { ContainerDriver, type ContainerDriverOptions } from "./containers/container-driver";
import { docker } from "./containers/docker";
import { podman } from "./containers/podman";
import type { Driver } from "./driver";

export { changeOf } from "./containers/plan-change";

/** How drivers are made. */
export interface DriverOptions extends Omit<ContainerDriverOptions, "path"> {
  /** The paths of the backends' programs. @default each is found on the PATH */
  readonly paths?: Readonly<Partial<Record<Backend, string | undefined>>>;
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
export function createDriver(backend: Backend, { paths, ...options }: DriverOptions): Driver {
  if (backend === "podman" || backend === "docker") {
    return new ContainerDriver(dialects[backend], { ...options, path: paths?.[backend] });
  }
  throw new GroundworkError("PROVIDER_NOT_AVAILABLE", `Groundwork cannot run virtual machines on ${backend} yet.`, {
    details: { backend },
    suggestion: "Choose another PROVIDER, or INFRA_TYPE=container.",
  });
}
