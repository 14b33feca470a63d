/** What a custom resource of this plugin does, apart from the wire. */

import { unknownValue } from "../settings/instance-properties";

/** Plain data: what a Pulumi property map holds. An output that is not known yet is {@link unknownValue}. */
export type PropertyMap = Readonly<Record<string, unknown>>;

/** Whether a preview cannot know the value, or a part of it, yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknownValue) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}

/** One thing wrong with the inputs. The engine shows it as `resource … has a problem: …`. */
export interface CheckFailure {
  /** The input that is wrong; the engine then shows its whole value. @default "" the resource as a whole */
  readonly property: string;
  readonly reason: string;
}

/** What {@link Resource.check} found. */
export interface CheckResult {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

/** What one property's difference means. */
export type PropertyDiff = "update" | "replace";

/** The properties that differ; empty means that nothing does. */
export type Diff = Readonly<Record<string, PropertyDiff>>;

/** A resource's state after an operation. */
export interface ResourceState {
  readonly id: string;
  readonly outputs: PropertyMap;
}

/**
 * A custom resource. `preview` is true while the engine only plans: nothing may be changed then,
 * and what cannot be known yet is {@link unknownValue}.
 */
export interface Resource {
  check(inputs: PropertyMap): Promise<CheckResult>;
  /** Compares the state (as created, or as last read) with the inputs of now. */
  diff(state: PropertyMap, inputs: PropertyMap): Promise<Diff>;
  create(inputs: PropertyMap, preview: boolean): Promise<ResourceState>;
  /** What is really there. Never answers with an empty id: that would take the resource out of the state. */
  read(id: string, state: PropertyMap, inputs: PropertyMap): Promise<ResourceState>;
  update(id: string, state: PropertyMap, inputs: PropertyMap, preview: boolean): Promise<PropertyMap>;
  delete(id: string, state: PropertyMap): Promise<void>;
}
