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
  const found = await ledger.check(stack, promises, {
    capacity: machine === undefined ? hostCapacity() : capacityElsewhere(machine),
    probe: probePorts,
    probeAddresses,
    running: activeObjects(target, observation),
    disk: await driver.diskSpace(),
  });
  const [first, ...others] = found;
  if (first !== undefined) throw refusalError([first, ...others]);
  if (observation?.state === "foreign") {
    throw new GroundworkError("INFRA_EXISTS", `${spec.id}: ${observation.description}; it was left untouched`, {
      details: { name: spec.name, objectId: observation.objectId },
    });
  }
  if (spec.power === "running") await refusePlaybook(context, spec, ledger.playbookOf(key));
}
