/** Applies an instance's playbook: what the actuator does for `provision`. */

import { resolve } from "node:path";
import { createDriver } from "../drivers";
import { backendAccess } from "../host/backend-access";
import { groundworkHome } from "../host/home";
import { hostId, refuseOtherHost } from "../host/identity";
import { Ledger } from "../host/ledger";
import { provisioningFolder, provisioningLog } from "../host/provisioning-files";
import { tellStage } from "../host/stages";
import { inTurn } from "../host/turns";
import { applyPlaybook } from "../playbooks/playbook";
import { GroundworkError } from "../settings/errors";
import type { InstanceIdentity } from "../settings/instance-properties";
import type { Backend } from "../settings/instance-spec";
import type { Provisioning } from "../settings/provisioning";

/** What the component hands over on standard input; see `components/provisioning/provisioning.ts`. */
export interface ProvisioningOrder {
  readonly identity: InstanceIdentity;
  readonly provisioning: Provisioning;
  /** The digest of all that the playbook is made of. */
  readonly playbook: string;
}

/** What became of the order. */
export interface ProvisioningReport {
  /** False where the instance has the same playbook already. */
  readonly applied: boolean;
  /** How many tasks changed something. */
  readonly changed: number;
}

/**
 * Applies the playbook, unless the ledger says that this content was applied to this instance's files to its end. A run
 * that is cut off leaves no record, so that the next one applies it again.
 */
export async function provision(order: ProvisioningOrder, signal: AbortSignal): Promise<ProvisioningReport> {
  const { identity, provisioning, playbook } = order;
  const home = groundworkHome();
  refuseOtherHost(identity, hostId(home));
  const { stack, id } = identity;
  const backend = identity.backend as Backend;
  const key = { stack, id, backend };
  using ledger = Ledger.open(home);
  if (ledger.playbookOf(key) === playbook) return { applied: false, changed: 0 };
  await inTurn(() => ledger.setIntent(key, "changing"), { signal });
  try {
    ledger.recordPlaybook(key, undefined);
    const access = backendAccess(home);
    const connection = await createDriver(backend, access).connection({ ...identity, objectId: ledger.objectOf(key) });
    const results = await applyPlaybook(
      {
        program: access.ansible?.path,
        plugins: pluginsFolder,
        environment: access.environment,
        requirements: home.requirementsDirectory,
      },
      {
        provisioning,
        id,
        connection,
        signal,
        folder: provisioningFolder(home, key),
        log: provisioningLog(home, key),
        onEvent: (event) => {
          if (event.event === "task") tellStage({ stage: `task ${event.task}`, message: `${id}: ${event.task}` });
        },
      },
    );
    ledger.recordPlaybook(key, playbook);
    return { applied: true, changed: results.filter(({ status }) => status === "changed").length };
  } catch (error) {
    throw signal.aborted ? cutOff(id) : error;
  } finally {
    ledger.clearIntent(key);
  }
}

/** This file is bundled into dist/, which lies beside `playbooks/` as `plugin/` does. */
const pluginsFolder = resolve(__dirname, "..", "playbooks", "plugins");

function cutOff(id: string): GroundworkError {
  return new GroundworkError("ENGINE_FAILED", `the playbook of ${id} was cut off; the next run applies it again`);
}
