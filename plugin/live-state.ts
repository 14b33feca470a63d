/**
 * `groundwork:index:LiveState`: the sensor of an instance.
 *
 * Its inputs are what the instance promises; `read` asks the backend what is really there, in the
 * same words; `diff` compares. The command provider has no Read, so without this resource no
 * refresh could see that a container is gone.
 */

import { randomUUID } from "node:crypto";
import type { Observation } from "../drivers/driver";
import { canonicalJson } from "../settings/canonical-json";
import { playbookNotApplied, unknownValue, type InstanceIdentity } from "../settings/instance-properties";
import {
  hasUnknown,
  type CheckResult,
  type Diff,
  type PropertyMap,
  type Resource,
  type ResourceState,
} from "./resource";

/** Another value of one of these is another instance: the old one's sensor goes with it. */
const identityProperties = ["host", "stack", "instance", "backend"];

/** Asks the backends what is really there. */
export interface Observer {
  /** Answers from one snapshot per backend, taken for all instances of the stack at once. */
  observe(identity: InstanceIdentity): Promise<Observation>;
  /** The digest of the playbook that was applied to the instance last, to its end; undefined where none was. */
  playbookOf(identity: InstanceIdentity): string | undefined;
  /** The next {@link observe} takes a new snapshot. */
  forget(): void;
}

/** The resource `LiveState`. */
export class LiveState implements Resource {
  constructor(private readonly observer: Observer) {}

  check(inputs: PropertyMap): Promise<CheckResult> {
    return Promise.resolve({ inputs, failures: [] });
  }

  diff(state: PropertyMap, inputs: PropertyMap): Promise<Diff> {
    const changed = Object.keys(inputs).filter((name) => canonical(state[name]) !== canonical(inputs[name]));
    const kind = (name: string) => (identityProperties.includes(name) ? "replace" : "update");
    return Promise.resolve(Object.fromEntries(changed.map((name) => [name, kind(name)])));
  }

  create(inputs: PropertyMap, preview: boolean): Promise<ResourceState> {
    this.observer.forget();
    return Promise.resolve({ id: preview ? "" : String(inputs["name"]), outputs: withGeneration(inputs, preview) });
  }

  async read(id: string, state: PropertyMap, inputs: PropertyMap): Promise<ResourceState> {
    const observation = await this.observer.observe(identityOf(inputs));
    const real = realProperties(observation, inputs);
    return { id, outputs: { ...state, ...real, ...this.realPlaybook(observation, inputs) } };
  }

  /** Of an instance that has a playbook, which one was really applied: one that was cut off counts as none. */
  private realPlaybook({ state }: Observation, inputs: PropertyMap): PropertyMap {
    if (inputs["playbook"] === undefined) return {};
    const applied = state === "present" ? this.observer.playbookOf(identityOf(inputs)) : undefined;
    return { playbook: applied ?? playbookNotApplied };
  }

  update(_id: string, _state: PropertyMap, inputs: PropertyMap, preview: boolean): Promise<PropertyMap> {
    this.observer.forget();
    return Promise.resolve(withGeneration(inputs, preview));
  }

  delete(): Promise<void> {
    this.observer.forget();
    return Promise.resolve();
  }
}

/**
 * A fresh value at every create and update makes the actuator run. A counter would not: one that
 * restarts leaves drift unrepaired for ever.
 */
function withGeneration(inputs: PropertyMap, preview: boolean): PropertyMap {
  return { ...inputs, generation: preview ? unknownValue : randomUUID() };
}

function identityOf(inputs: PropertyMap): InstanceIdentity {
  const { host, stack, instance, name, backend } = inputs as Record<"instance" | keyof InstanceIdentity, string>;
  return { host, stack, id: instance, name, backend };
}

/** What the backend shows; a property that it does not show now keeps the value that was promised. */
function realProperties(observation: Observation, inputs: PropertyMap): PropertyMap {
  if (observation.state === "present") return { ...inputs, ...observation.properties };
  return { ...inputs, exists: false, running: false };
}

/** A value that a preview cannot know differs from every value that it can. */
function canonical(value: unknown): string {
  return hasUnknown(value) ? unknownValue : canonicalJson(value);
}
