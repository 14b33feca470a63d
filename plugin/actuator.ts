/**
 * The program that the command provider runs for one instance: `ensure` makes it as the order on
 * standard input says, `provision` applies its playbook, `remove` takes it away. Each may be run again at any time.
 */

import { rmSync } from "node:fs";
import { text } from "node:stream/consumers";
import { createDriver } from "../drivers";
import type { DesiredInstance } from "../drivers/driver";
import { backendAccess, type BackendAccess } from "../host/backend-access";
import { groundworkHome } from "../host/home";
import { tellStage } from "../host/stages";
import { hostId, refuseOtherHost } from "../host/identity";
import { Ledger } from "../host/ledger";
import type { InstanceKey } from "../host/promises";
import { provisioningLog } from "../host/provisioning-files";
import { inTurn } from "../host/turns";
import { GroundworkError } from "../settings/errors";
import { promisedProperties, type InstanceIdentity } from "../settings/instance-properties";
import type { InstanceReport } from "../settings/instance-report";
import type { InstanceSpec, LeasedPort } from "../settings/instance-spec";
import type { StackMachines, StackNetwork } from "../settings/stack-network";
import { recordFailure } from "../host/failures";
import { provision, type ProvisioningOrder } from "./provision";

/** What the component hands over on standard input. Our own program wrote it, so it is not checked again. */
interface Order {
  readonly identity: InstanceIdentity;
  readonly spec: InstanceSpec;
  readonly ports: readonly LeasedPort[];
  readonly network: StackNetwork;
  readonly machines?: StackMachines;
  readonly address?: string;
  readonly projectDirectory?: string;
}

async function ensure(order: Order, signal: AbortSignal): Promise<InstanceReport> {
  const home = groundworkHome();
  refuseOtherHost(order.identity, hostId(home));
  const access = backendAccess(home);
  const driver = createDriver(order.spec.backend, { ...access, onStage: tellStage });
  const { identity, spec, ports, network, machines, address, projectDirectory } = order;
  const key = { stack: identity.stack, id: identity.id, backend: spec.backend };
  using ledger = Ledger.open(home);
  const properties = promisedProperties(spec, identity, order, access.digest(spec.environment));
  const desired: DesiredInstance = { identity, spec, ports, network, machines, address, properties, projectDirectory };
  // An actuator outlives an engine that was killed: it is let finish what it began.
  await inTurn(() => ledger.setIntent(key, "changing"), { signal });
  try {
    await makeRoom(ledger, order, access);
    const { objectId, change } = await driver.ensure(desired, ledger.objectOf(key), signal);
    ledger.recordObject(key, objectId, change === "recreate");
    return {
      id: spec.id,
      name: spec.name,
      type: spec.type,
      backend: spec.backend,
      state: spec.power,
      ports,
      ...(address === undefined ? {} : { address }),
      login: driver.execCommand({ ...identity, objectId }, [], true),
    };
  } finally {
    ledger.clearIntent(key);
  }
}

/**
 * Stops what its stack no longer promises, for it may hold a port that this instance gets: the engine makes
 * new resources before it deletes old ones, and will delete those in the same run.
 */
async function makeRoom(ledger: Ledger, { identity, ports }: Order, access: BackendAccess): Promise<void> {
  if (ports.length === 0) return;
  const { host, stack } = identity;
  const leaving = ledger.entries({ stack }).filter((entry) => entry.leaving);
  for (const { id, name, backend, backendId } of leaving) {
    await createDriver(backend, access).stop({ host, stack, id, name, backend, objectId: backendId }, true);
  }
}

async function remove({ identity, spec }: Order): Promise<void> {
  const home = groundworkHome();
  refuseOtherHost(identity, hostId(home));
  const key = { stack: identity.stack, id: identity.id, backend: spec.backend };
  using ledger = Ledger.open(home);
  await inTurn(() => announceRemoval(ledger, key));
  try {
    const target = { ...identity, objectId: ledger.objectOf(key) };
    await createDriver(spec.backend, backendAccess(home)).remove(target);
    ledger.forgetObject(key);
    rmSync(provisioningLog(home, key), { force: true });
  } finally {
    ledger.clearIntent(key);
  }
}

/** Nothing may be promised to the instance any more, after a lost ledger for one: then nobody else is at it. */
function announceRemoval(ledger: Ledger, key: InstanceKey): void {
  try {
    ledger.setIntent(key, "removing");
  } catch (error) {
    if (!(error instanceof GroundworkError && error.code === "INFRA_NOT_FOUND")) throw error;
  }
}

/** The first signal asks to stop and undo; the driver looks at it between its steps. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () =>
      controller.abort(new GroundworkError("ENGINE_FAILED", `stopped by ${name}; what was begun was undone`)),
    );
  }
  return controller.signal;
}

async function main(): Promise<void> {
  const [action] = process.argv.slice(2);
  const signal = stopSignal();
  const given: unknown = JSON.parse(await text(process.stdin));
  if (action === "provision") {
    process.stdout.write(`${JSON.stringify(await provision(given as ProvisioningOrder, signal))}\n`);
    return;
  }
  const order = given as Order;
  if (action === "remove") return remove(order);
  if (action !== "ensure") throw new Error(`the actuator knows ensure, provision and remove, not "${String(action)}"`);
  process.stdout.write(`${JSON.stringify(await ensure(order, signal))}\n`);
}

main().catch((error: unknown) => {
  recordFailure(error);
  process.stderr.write(`${error instanceof GroundworkError ? error.toText() : String(error)}\n`);
  process.exitCode = error instanceof GroundworkError ? error.exitStatus : 1;
});
