/** What is refused before anything is made. */

import pRetry from "p-retry";
import { activeObjects } from "../drivers/driver";
import { probeAddresses } from "../host/address-probe";
import { capacityElsewhere, hostCapacity } from "../host/capacity";
import { probePorts } from "../host/ports";
import { refusalError } from "../host/refusals";
import { GroundworkError } from "../settings/errors";
import type { InstanceSpec } from "../settings/instance-spec";
import { openDriver, targetOf } from "./instance";
import { openLedger } from "./ledger";
import { refusePlaybook } from "./playbook";
import type { ProjectPlace } from "./project";
import type { VerbContext } from "./verb";

/** How long the processes of a container that is being removed may keep its port: ten seconds, on a busy host. */
const letGo = { retries: 40, factor: 1, minTimeout: 250 };

/** What stands at a container's port while it has one, and for a moment after it. */
const attendants = ["conmon", "docker-proxy"];

/**
 * Whether a port is all that is in the way, and a container's attendant has it: where a run of this project was killed in
 * the middle of a removal, that container is on no list any more.
 */
function isLettingGo(error: Error): boolean {
  const details: { refusals?: readonly Held[] } = error instanceof GroundworkError ? error.details : {};
  const { refusals = [] } = details;
  return refusals.length > 0 && refusals.every(({ process }) => attendants.includes(process?.command ?? ""));
}

interface Held {
  readonly process?: { readonly command: string };
}

/** The checks that the plugin makes too, before anything is made: they give `vagrantp` its exit statuses. */
export async function refuseEarly(context: VerbContext, place: ProjectPlace, spec: InstanceSpec): Promise<void> {
  const stack = place.stack ?? `${spec.id}-${place.hash}`;
  using ledger = await openLedger(context);
  const promises = [{ ...spec, projectDirectory: place.directory }];
  const key = { stack, id: spec.id, backend: spec.backend };
  const target = targetOf(context, { ...key, name: spec.name, backendId: ledger.objectOf(key) });
  const driver = openDriver(context, spec.backend);
  const [observation] = await driver.observe([target]);
  const machine = await driver.elsewhere();
  const disk = await driver.diskSpace();
  const check = async () => {
    const [first, ...others] = await ledger.check(stack, promises, {
      capacity: machine === undefined ? hostCapacity() : capacityElsewhere(machine),
      probe: probePorts,
      probeAddresses,
      running: activeObjects(target, observation),
      disk,
    });
    if (first !== undefined) throw refusalError([first, ...others]);
  };
  await pRetry(check, { ...letGo, shouldRetry: ({ error }) => place.stack !== undefined && isLettingGo(error) });
  if (observation?.state === "foreign") {
    throw new GroundworkError("INFRA_EXISTS", `${spec.id}: ${observation.description}; it was left untouched`, {
      details: { name: spec.name, objectId: observation.objectId },
    });
  }
  if (spec.power === "running") await refusePlaybook(context, spec, ledger.playbookOf(key));
}
