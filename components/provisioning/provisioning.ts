import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { Provisioning } from "../../settings/provisioning";

/** What an instance is set up with. */
export interface ProvisioningArgs {
  readonly identity: InstanceIdentity;
  readonly provisioning: Provisioning;
  /** The digest of all that the playbook is made of, by the host's key. */
  readonly playbook: string;
  /** The generation of the instance's sensor, which sees whether the playbook was applied. */
  readonly generation: pulumi.Output<string>;
}

/** Relative to dist/, as the actuator's; see `components/instance/instance.ts`. */
const provisionCommand = "../bin/groundwork-actuator provision";

/**
 * Declares the playbook of an instance that runs. It is applied when its content has changed, and, because the sensor
 * then has a new generation, where it was cut off or its instance was made anew; see `plugin/provision.ts`. There is no
 * way back: nothing is done when it goes.
 */
export function provisioningCommand(
  name: string,
  { identity, provisioning, playbook, generation }: ProvisioningArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const order = JSON.stringify({ identity, provisioning, playbook });
  const hasSecrets = Object.keys(provisioning.variables).length > 0;
  return new command.local.Command(
    name,
    {
      create: provisionCommand,
      stdin: hasSecrets ? pulumi.secret(order) : order,
      environment: { GROUNDWORK_GENERATION: generation },
      triggers: [identity.host, identity.stack, identity.backend, identity.id],
      logging: "none",
    },
    { ...opts, deleteBeforeReplace: true },
  );
}
