/** Changes an instance in a process of its own, which a test kills: `{backend, options, desired, objectId}`. */

import { createDriver, type DriverOptions } from "../../../drivers";
import type { DesiredInstance } from "../../../drivers/driver";
import type { Backend } from "../../../settings/instance-spec";

interface Order {
  readonly backend: Backend;
  readonly options: Omit<DriverOptions, "digest">;
  readonly desired: DesiredInstance;
  readonly objectId?: string;
}

const { backend, options, desired, objectId } = JSON.parse(process.argv[2] ?? "") as Order;
// It stays until it is killed, so that a quick one is not missed.
setInterval(() => undefined, 1000);
void createDriver(backend, { ...options, digest: JSON.stringify }).ensure(desired, objectId);
