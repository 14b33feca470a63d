/** What a custom resource of this plugin does, apart from the wire. */

/** Plain data: what a Pulumi property map holds. An output that is not known yet is {@link unknown}. */
export type PropertyMap = Readonly<Record<string, unknown>>;

/**
 * Stands for a value that a preview cannot know.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go (UnknownStringValue)
 */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a preview cannot know the value, or a part of it, yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === unknown) return true;
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
 * and what cannot be known yet is {@link unknown}.
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
