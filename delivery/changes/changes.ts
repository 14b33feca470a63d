/** Reads the engine's events: what a run would change or has changed, of any resource, property by property. Pure. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { canonicalJson } from "../../settings/canonical-json";
import { pathParts, valueAt } from "./property-path";
import { shown, type Shown } from "./shown";

/** What is done to a resource, the most dangerous first. */
export const actions = ["replace", "delete", "update", "import", "create"] as const;

/** One of {@link actions}. */
export type Action = (typeof actions)[number];

/** One property, by its path. Undefined stands for a property that is not there. */
export interface PropertyChange {
  readonly path: string;
  readonly before?: Shown;
  readonly after?: Shown;
  /** That it cannot be changed in place. @default false */
  readonly replaces?: boolean;
}

/** A resource, by the engine's words for it. */
export interface ChangedResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
}

/** A resource that is changed. */
export interface ResourceChange extends ChangedResource {
  readonly action: Action;
  /** Of one that is deleted none. */
  readonly properties: readonly PropertyChange[];
}

/** A resource that is not as promised; `before` is what was promised, `after` what is real. */
export interface ResourceDrift extends ChangedResource {
  /** That there is nothing left of it. */
  readonly isGone: boolean;
  readonly properties: readonly PropertyChange[];
}

/** All that one run tells. */
export interface Changes {
  /** The most dangerous first, then by name. */
  readonly resources: readonly ResourceChange[];
  /** What had changed behind Pulumi's back, and was found by looking first. */
  readonly drift: readonly ResourceDrift[];
  /** How many resources stay as they are. */
  readonly unchanged: number;
}

/** The stack itself is not something that a run changes. */
const stackType = "pulumi:pulumi:Stack";

const actionOf: Readonly<Record<string, Action>> = {
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  "remove-pending-replace": "delete",
  // The second half of a replacement; alone, it removes what an earlier run left of one.
  "delete-replaced": "delete",
  update: "update",
  import: "import",
  create: "create",
};

/** Collects the changes of a preview or of an apply, of which each event is given to `read`. */
export function changesReader(): { read(event: EngineEvent): void; result(): Changes } {
  const changes = new Map<string, ResourceChange>();
  const drift = new Map<string, ResourceDrift>();
  const same = new Set<string>();
  return {
    read(event) {
      const step = event.resourcePreEvent?.metadata;
      const ended = event.resOutputsEvent?.metadata;
      if (ended?.op === "refresh") remember(drift, readDrift(ended));
      if (step === undefined || step.type === stackType) return;
      if (step.op === "same") same.add(step.urn);
      remember(changes, merge(changes.get(step.urn), readChange(step)));
    },
    result: () => ({
      resources: [...changes.values()].sort(byDanger),
      drift: [...drift.values()].sort(byName),
      unchanged: [...same].filter((urn) => !changes.has(urn)).length,
    }),
  };
}

/** Collects what a refresh finds, of which each event is given to `read`. */
export function driftReader(): { read(event: EngineEvent): void; result(): readonly ResourceDrift[] } {
  const drift = new Map<string, ResourceDrift>();
  return {
    read(event) {
      const ended = event.resOutputsEvent?.metadata;
      if (ended !== undefined && ended.op !== "same" && ended.op !== "refresh") remember(drift, readDrift(ended));
    },
    result: () => [...drift.values()].sort(byName),
  };
}

function remember<T extends ChangedResource>(all: Map<string, T>, one: T | undefined): void {
  if (one !== undefined) all.set(one.urn, one);
}

/** A replacement is several steps; the one that has both sides tells the properties. */
function merge(before: ResourceChange | undefined, now: ResourceChange | undefined): ResourceChange | undefined {
  if (before === undefined || now === undefined) return now ?? before;
  const action = actions.find((each) => each === before.action || each === now.action) ?? now.action;
  return { ...now, action, properties: now.properties.length > 0 ? now.properties : before.properties };
}

function readChange(step: StepEventMetadata): ResourceChange | undefined {
  const action = actionOf[step.op];
  return action === undefined ? undefined : { ...identityOf(step), action, properties: changedProperties(step) };
}

function identityOf({ urn, type }: StepEventMetadata): ChangedResource {
  return { urn, type, name: urn.slice(urn.lastIndexOf("::") + 2) };
}

function changedProperties(step: StepEventMetadata): PropertyChange[] {
  // The engine writes null for a side that there is none of.
  const [before, after] = [step.old ?? undefined, step.new ?? undefined];
  if (after === undefined) return [];
  const [inputs, desired] = [shown(before?.inputs ?? {}), shown(after.inputs)];
  if (before === undefined) return allOf(desired);
  const real = shown(before.outputs);
  return pathsOf(step, inputs, desired).map(({ path, isInput, replaces }) => ({
    path,
    before: isInput ? valueAt(inputs, path) : (valueAt(real, path) ?? valueAt(inputs, path)),
    after: valueAt(desired, path),
    ...(replaces ? { replaces } : {}),
  }));
}

function allOf(inputs: Shown): PropertyChange[] {
  return Object.entries(inputs as Readonly<Record<string, Shown>>).map(([path, after]) => ({ path, after }));
}

interface ChangedPath {
  readonly path: string;
  /** That the provider compared with what was said before, not with what was there. */
  readonly isInput: boolean;
  readonly replaces: boolean;
}

/** What the provider says in detail, else what it names, else what differs in what the program says. */
function pathsOf({ detailedDiff, diffs, keys }: StepEventMetadata, before: Shown, after: Shown): ChangedPath[] {
  // The engine writes null for what there is none of.
  const details = Object.entries(detailedDiff ?? {});
  if (details.length > 0) {
    return details.map(([path, { diffKind, inputDiff }]) => {
      return { path, isInput: inputDiff, replaces: diffKind.endsWith("-replace") };
    });
  }
  const named = (diffs ?? []).length > 0 ? (diffs ?? []) : differing(before, after);
  return named.map((path) => ({ path, isInput: true, replaces: keys?.includes(path) ?? false }));
}

function differing(before: Shown, after: Shown): string[] {
  const [one, other] = [before, after] as Readonly<Record<string, Shown>>[];
  const names = [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])];
  return names.filter((name) => canonicalJson(one?.[name]) !== canonicalJson(other?.[name]));
}

/** Undefined where what is real is as promised. */
function readDrift(step: StepEventMetadata): ResourceDrift | undefined {
  const [before, after] = [step.old ?? undefined, step.new ?? undefined];
  if (before === undefined || step.type === stackType) return undefined;
  if (after === undefined) return { ...identityOf(step), isGone: true, properties: [] };
  const [inputs, outputs, real] = [shown(before.inputs), shown(before.outputs), shown(after.outputs)];
  const paths = pathsOf(step, {}, {}).map(({ path }) => path);
  if (paths.length === 0 && step.op !== "update") return undefined;
  const properties = paths.map((path) => {
    const promised = pathParts(path)[0] ?? path;
    const isSaid = typeof inputs === "object" && inputs !== null && promised in inputs;
    return { path, before: valueAt(isSaid ? inputs : outputs, path), after: valueAt(real, path) };
  });
  return { ...identityOf(step), isGone: false, properties };
}

function byDanger(one: ResourceChange, other: ResourceChange): number {
  return actions.indexOf(one.action) - actions.indexOf(other.action) || byName(one, other);
}

function byName(one: ChangedResource, other: ChangedResource): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : one.urn < other.urn ? -1 : 1;
}
