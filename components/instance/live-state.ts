import * as pulumi from "@pulumi/pulumi";
import type { InstanceIdentity, InstanceProperties } from "../../settings/instance-properties";

type Told = Omit<InstanceIdentity, "id"> & InstanceProperties;

/** What the sensor is told: which instance, and what it promises. */
export type LiveStateArgs = { readonly [Name in keyof Told]: pulumi.Input<Told[Name]> } & {
  /** The instance's id; Pulumi keeps the word `id` for its own. */
  readonly instance: string;
  /** The digest of its playbook. @default it has none */
  readonly playbook?: string;
};

/** The sensor of an instance: the custom resource whose Read asks the backend. See `plugin/live-state.ts`. */
export class LiveState extends pulumi.CustomResource {
  /** A fresh value whenever the actuator has to run. */
  declare readonly generation: pulumi.Output<string>;

  constructor(name: string, args: LiveStateArgs, opts?: pulumi.CustomResourceOptions) {
    super("groundwork:index:LiveState", name, { ...args, generation: undefined }, opts);
  }
}
