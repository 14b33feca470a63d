/** Reads the engine's events: what is being done, and how promised and real differ. Pure. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { promisedNames, unknownValue } from "../settings/instance-properties";

/** One property that is not as promised. */
export interface PropertyDrift {
  readonly property: string;
  readonly promised: unknown;
  readonly real: unknown;
}

/** An instance with the properties that differ. */
export interface InstanceDrift {
  readonly id: string;
  readonly properties: readonly PropertyDrift[];
}

const sensorType = "groundwork:index:LiveState";
const leaseType = "groundwork:index:HostLease";
const actuatorType = "command:local:Command";

/** What a step does, in words; undefined for steps that are not worth a line. */
export function describeStep(event: EngineEvent): string | undefined {
  const step = event.resourcePreEvent?.metadata;
  if (step === undefined) return undefined;
  const verb = stepVerbs[step.op];
  if (verb === undefined) return undefined;
  if (step.type === leaseType)
    return step.op === "delete" ? "giving memory and ports back" : "leasing memory and ports";
  return step.type === actuatorType ? `${verb} ${instanceName(step)}` : undefined;
}

const stepVerbs: Readonly<Record<string, string>> = {
  create: "creating",
  update: "changing",
  delete: "removing",
  "create-replacement": "creating",
  "delete-replaced": "removing",
};

/** The instance's logical name, out of the actuator's URN. */
function instanceName(step: StepEventMetadata): string {
  return (
    step.urn
      .split("::")
      .at(-1)
      ?.replace(/-actuator$/, "") ?? ""
  );
}

/** The drift of one instance in an event of a refresh; undefined in every other event. */
export function readDrift(event: EngineEvent): InstanceDrift | undefined {
  const step = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
  if (step?.type === leaseType) return readLeaseDrift(step);
  if (step?.type !== sensorType || step.old === undefined || step.new === undefined) return undefined;
  const promised = step.old.inputs as Record<string, unknown>;
  const real = step.new.outputs as Record<string, unknown>;
  const properties = promisedNames
    .filter((name) => JSON.stringify(promised[name]) !== JSON.stringify(real[name]))
    .map((name) => ({ property: name, promised: promised[name], real: real[name] }));
  return properties.length === 0 ? undefined : { id: String(promised["instance"]), properties };
}

/** A promise that the ledger no longer knows; told under the stack's name. */
function readLeaseDrift({ new: state }: StepEventMetadata): InstanceDrift | undefined {
  if (state?.outputs["promised"] !== false) return undefined;
  return { id: String(state.outputs["stack"]), properties: [{ property: "promised", promised: true, real: false }] };
}

/** What a run would do to one instance. */
export interface PlannedChange {
  readonly change: "create" | "update" | "replace";
  readonly properties: readonly { readonly property: string; readonly from: unknown; readonly to: unknown }[];
}

/** The change of one instance in an event of a preview; undefined in every other event. */
export function readPlannedChange(event: EngineEvent): PlannedChange | undefined {
  const step = event.resourcePreEvent?.metadata;
  if (step?.type !== sensorType) return undefined;
  const change = plannedChanges[step.op];
  if (change === undefined) return undefined;
  const from = (step.old?.outputs ?? {}) as Record<string, unknown>;
  const to = (step.new?.inputs ?? {}) as Record<string, unknown>;
  const properties = promisedNames
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .map((name) => ({
      property: name,
      from: from[name],
      to: to[name] === unknownValue ? "known after `up`" : to[name],
    }));
  return { change, properties: change === "create" ? [] : properties };
}

const plannedChanges: Readonly<Record<string, PlannedChange["change"]>> = {
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
};
