/** Whether anything is other than the last successful run left it. */

import { createHash } from "node:crypto";
import { differences } from "../drivers/driver";
import type { LastUp } from "../engine/last-up";
import { backendAccess } from "../host/backend-access";
import { promisedProperties } from "../settings/instance-properties";
import type { InstanceSpec } from "../settings/instance-spec";
import { stackNetwork } from "../settings/stack-network";
import type { LocatedInstance } from "./instance";
import { digestOf } from "./playbook";
import type { VerbContext } from "./verb";

/** What was ordered (settings and program) and what is real, each as a digest. */
export function fingerprint(
  context: VerbContext,
  spec: InstanceSpec,
  located: LocatedInstance,
): Required<Pick<LastUp, "order" | "real">> | undefined {
  if (located.observation.state !== "present") return undefined;
  const { objectId, properties } = located.observation;
  const { ports, playbook } = located.entry;
  const order = { version: context.installation.version, spec, playbook: digestOf(context, spec) };
  return { order: digest(order), real: digest({ objectId, properties, ports, playbook }) };
}

/** Whether the backend shows what was promised: only then may the next run take it for unchanged. */
export function isAsPromised(
  context: VerbContext,
  spec: InstanceSpec,
  { entry, target, observation }: LocatedInstance,
): boolean {
  if (observation.state !== "present" || entry.subnet === undefined) return false;
  if (spec.provisioning !== undefined && entry.playbook !== digestOf(context, spec)) return false;
  const network = stackNetwork(entry.stack, entry.subnet);
  const leased = { ports: entry.ports, network, address: entry.address?.address };
  const environmentDigest = backendAccess(context.home).digest(spec.environment);
  return differences(observation.properties, promisedProperties(spec, target, leased, environmentDigest)).length === 0;
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
