/** Which machines are ours. Pure. */

import { canonicalJson } from "../../settings/canonical-json";
import { GroundworkError } from "../../settings/errors";
import { ownerLabels, type OwnerLabels } from "../../settings/instance-properties";
import type { Observation, Target } from "../driver";

/** What tells whose a machine is. */
export interface NamedMachine {
  readonly uuid: string;
  readonly name: string;
  /** Undefined where Groundwork did not make it. */
  readonly labels: OwnerLabels | undefined;
}

/** The machines that bear on one target. */
export interface Candidates<Machine extends NamedMachine> {
  /** Ours: the recorded one, else what has our name and all our labels. */
  readonly ours?: Machine;
  /** Something else under our name. */
  readonly foreign?: Machine;
}

/** Sorts out whose the machines are, as `drivers/containers/containers.ts` does for containers. */
export function candidatesOf<Machine extends NamedMachine>(
  target: Target,
  machines: readonly Machine[],
): Candidates<Machine> {
  const isOurs = (machine: Machine) => machine.uuid === target.objectId || hasLabelsOf(machine, target);
  const named = machines.find(({ name }) => name === target.name);
  const recorded = machines.find(({ uuid }) => uuid === target.objectId);
  const ours = recorded ?? (named !== undefined && isOurs(named) ? named : undefined);
  return {
    ...(ours === undefined ? {} : { ours }),
    ...(named === undefined || isOurs(named) ? {} : { foreign: named }),
  };
}

/** The names and ids to ask for, so that {@link candidatesOf} can answer. */
export function namesOf({ name, objectId }: Target): readonly string[] {
  return objectId === undefined ? [name] : [objectId, name];
}

function hasLabelsOf({ labels }: NamedMachine, target: Target): boolean {
  return canonicalJson(labels) === canonicalJson(ownerLabels(target));
}

/** A sentence about someone else's machine. */
function describeForeign({ name, uuid, labels }: NamedMachine): string {
  const owner = labels?.["groundwork.stack"];
  const whose = owner === undefined ? "Groundwork did not make it" : `it belongs to the stack "${owner}"`;
  return `a virtual machine named "${name}" (${uuid.slice(0, 8)}) is there already and ${whose}`;
}

/** The labels of a machine that has none. */
export const nobody: OwnerLabels = { "groundwork.host": "", "groundwork.stack": "", "groundwork.id": "" };

/** What is observed where no machine is ours. */
export function withoutOurs(foreign: NamedMachine | undefined): Observation {
  if (foreign === undefined) return { state: "absent" };
  return { state: "foreign", objectId: foreign.uuid, description: describeForeign(foreign) };
}

/** Why nothing is made where someone else's machine has the name. */
export function foreignError(target: Target, foreign: NamedMachine): GroundworkError {
  return new GroundworkError("INFRA_EXISTS", `${target.id}: ${describeForeign(foreign)}; it was left untouched`, {
    details: { name: target.name, objectId: foreign.uuid },
  });
}
