/** The project's instance: what the ledger knows of it, and what is really there. */

import { createDriver } from "../drivers";
import type { Driver, Observation, Target } from "../drivers/driver";
import { backendAccess } from "../host/backend-access";
import { hostId } from "../host/identity";
import type { LedgerEntry } from "../host/promises";
import type { Backend } from "../settings/instance-spec";
import { openLedger } from "./ledger";
import type { ProjectPlace } from "./project";
import type { VerbContext } from "./verb";

/** The project's instance as the ledger knows it; undefined when nothing is promised to it. */
export async function findEntry(context: VerbContext, place: ProjectPlace): Promise<LedgerEntry | undefined> {
  if (place.stack === undefined) return undefined;
  using ledger = await openLedger(context);
  return ledger.entries({ stack: place.stack }).find((entry) => !entry.leaving);
}

/** An instance that is known, what is really there for it, and the driver that said so. */
export interface LocatedInstance {
  readonly entry: LedgerEntry;
  readonly target: Target;
  readonly driver: Driver;
  readonly observation: Observation;
}

/** Looks at what is really there for the project's instance; undefined when nothing is promised to it. */
export async function locateInstance(context: VerbContext, place: ProjectPlace): Promise<LocatedInstance | undefined> {
  const entry = await findEntry(context, place);
  if (entry === undefined) return undefined;
  const target = targetOf(context, entry);
  const driver = openDriver(context, entry.backend);
  const [observation = { state: "absent" }] = await driver.observe([target]);
  return { entry, target, driver, observation };
}

/** The driver of a backend on this host. */
export function openDriver(context: VerbContext, backend: Backend): Driver {
  return createDriver(backend, backendAccess(context.home));
}

/** Which object a ledger's entry stands for. */
export function targetOf(
  context: VerbContext,
  entry: Pick<LedgerEntry, "stack" | "id" | "name" | "backend" | "backendId">,
): Target {
  const { stack, id, name, backend, backendId } = entry;
  return { host: hostId(context.home), stack, id, name, backend, objectId: backendId };
}
