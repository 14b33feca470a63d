/** Reads the engine's events: what is being done, and how promised and real differ. Pure. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { comparedNames, unknownValue } from "../settings/instance-properties";

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

/** What the engine does, to which instance, and how far it has come. */
export interface EngineStep {
  readonly action: "look" | "plan" | "lease" | "release" | "create" | "change" | "provision" | "remove";
  /** The instance, or of a lease the stack. */
  readonly subject: string;
  /** The instance's backend. @default of a lease none */
  readonly backend?: string;
  /** Resources done, of {@link total}. @default not known */
  readonly current?: number;
  /** Resources that the stack held before. @default not known: the stack is new */
  readonly total?: number;
}

/**
 * Reads the steps of one run out of its events, one after the other. An event that says nothing of how far the run has
 * come gives undefined.
 *
 * A run looks at all that the stack holds before it does anything: that is how many resources there are.
 */
export function stepReader(): (event: EngineEvent) => EngineStep | undefined {
  const held = new Set<string>();
  const done = new Set<string>();
  let last: EngineStep | undefined;
  return (event) => {
    const { metadata } = event.resOutputsEvent ?? {};
    if (event.resourcePreEvent?.metadata.op === "refresh") held.add(event.resourcePreEvent.metadata.urn);
    else if (metadata !== undefined && metadata.op !== "refresh" && held.has(metadata.urn)) done.add(metadata.urn);
    const step = readStep(event) ?? last;
    const counted = step === undefined || done.size === 0 ? step : { ...step, current: done.size, total: held.size };
    if (counted === undefined || isSameStep(counted, last)) return undefined;
    last = counted;
    return counted;
  };
}

function isSameStep(one: EngineStep, other: EngineStep | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What an event begins; undefined for one that is not worth a line. */
function readStep(event: EngineEvent): EngineStep | undefined {
  const step = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
  if (step === undefined) return undefined;
  const inputs = ((step.new ?? step.old)?.inputs ?? {}) as Record<string, unknown>;
  if (step.type === sensorType && step.op === "refresh") {
    const action = event.resourcePreEvent === undefined ? "plan" : "look";
    return { action, subject: String(inputs["instance"]), backend: String(inputs["backend"]) };
  }
  const action = event.resourcePreEvent === undefined ? undefined : actions[step.op];
  if (action === undefined) return undefined;
  if (step.type === leaseType) {
    return { action: action === "remove" ? "release" : "lease", subject: String(inputs["stack"]) };
  }
  if (step.type !== actuatorType) return undefined;
  // The actuator's triggers are the identity: host, stack, backend and id.
  const [, , backend, id] = inputs["triggers"] as readonly unknown[];
  if (isProvisioning(inputs)) {
    return action === "remove" ? undefined : { action: "provision", subject: String(id), backend: String(backend) };
  }
  return { action, subject: String(id), backend: String(backend) };
}

/** Whether a command is that of a playbook: its removal does nothing. */
function isProvisioning(inputs: Readonly<Record<string, unknown>>): boolean {
  return String(inputs["create"]).endsWith(" provision");
}

const actions: Readonly<Record<string, EngineStep["action"]>> = {
  create: "create",
  update: "change",
  delete: "remove",
  "create-replacement": "create",
  "delete-replaced": "remove",
};

/** The drift of one instance in an event of a refresh; undefined in every other event. */
export function readDrift(event: EngineEvent): InstanceDrift | undefined {
  const step = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
  if (step?.type === leaseType) return readLeaseDrift(step);
  if (step?.type !== sensorType || step.old === undefined || step.new === undefined) return undefined;
  const promised = step.old.inputs as Record<string, unknown>;
  const real = step.new.outputs as Record<string, unknown>;
  const properties = comparedNames
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

/** Stands for a value that only `up` finds out. */
export const knownAfterUp = "known after `up`";

/** The change of one instance in an event of a preview; undefined in every other event. */
export function readPlannedChange(event: EngineEvent): PlannedChange | undefined {
  const step = event.resourcePreEvent?.metadata;
  if (step?.type !== sensorType) return undefined;
  const change = plannedChanges[step.op];
  if (change === undefined) return undefined;
  const from = (step.old?.outputs ?? {}) as Record<string, unknown>;
  const to = (step.new?.inputs ?? {}) as Record<string, unknown>;
  const properties = comparedNames
    .filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]))
    .map((name) => ({
      property: name,
      from: from[name],
      to: to[name] === unknownValue ? knownAfterUp : to[name],
    }));
  return { change, properties: change === "create" ? [] : properties };
}

const plannedChanges: Readonly<Record<string, PlannedChange["change"]>> = {
  create: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
};
