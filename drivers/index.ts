/** The backends, by name. */

import type { Backend } from "../settings/instance-spec";
import type { Driver } from "./driver";
import { PodmanDriver, type PodmanDriverOptions } from "./podman/podman-driver";

const drivers: Readonly<Record<Backend, new (options: PodmanDriverOptions) => Driver>> = {
  podman: PodmanDriver,
};

/** Makes the driver of a backend. Nothing is started or looked for yet. */
export function createDriver(backend: Backend, options: PodmanDriverOptions): Driver {
  return new drivers[backend](options);
}
