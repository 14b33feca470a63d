import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { promisedProperties, type InstanceIdentity } from "../../settings/instance-properties";
import type { InstanceReport } from "../../settings/instance-report";
import type { InstanceSpec } from "../../settings/instance-spec";
import { stackNetwork, type StackNetwork } from "../../settings/stack-network";
import { provisioningCommand } from "../provisioning/provisioning";
import type { HostLease } from "./host-lease";
import { LiveState } from "./live-state";

/** What an instance is made from. */
export interface InstanceArgs {
  readonly spec: InstanceSpec;
  /** The host that it lives on. */
  readonly host: string;
  /** The digest of `spec.environment`, by the host's key. */
  readonly environmentDigest: string;
  /** The digest of all that `spec.provisioning` is made of, by the host's key. @default nothing is provisioned */
  readonly playbook?: string | undefined;
  /** The directory of the project that it belongs to. @default none: the stack is shared */
  readonly projectDirectory?: string | undefined;
  /** The ids of the virtual machines that it meets, sorted. @default none */
  readonly machines?: readonly string[];
  /** The promise that covers it. */
  readonly lease: HostLease;
}

/**
 * The actuator's command lines. They are relative to dist/, the program's folder, where the command provider runs them: moving
 * the checkout changes no resource.
 */
const ensureCommand = "../bin/groundwork-actuator ensure";
const removeCommand = "../bin/groundwork-actuator remove";

/** Stands in for a network until the host gives its subnet. */
const notLeased = { name: "", subnet: "" };

/**
 * One instance: a sensor that sees what is really there, and an actuator that makes it so.
 *
 * The sensor comes first. Whatever it finds changed gives it a new generation, and that, in the
 * actuator's environment, makes the command provider run `ensure` again.
 */
export class Instance extends pulumi.ComponentResource {
  /** Addresses, ports and how to log in. Holds no secret. */
  readonly report: pulumi.Output<InstanceReport>;

  constructor(name: string, args: InstanceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:instance:Instance", name, {}, opts);
    const { spec, host, lease, projectDirectory, playbook, machines = [] } = args;
    const identity = identityOf(spec, host);
    const meeting = (network: () => StackNetwork) =>
      machines.length === 0 ? {} : { machines: { network: network(), ids: machines } };
    const leased = pulumi.all([lease.ports, lease.subnets, lease.addresses]).apply(([ports, subnets, addresses]) => ({
      ports: ports[spec.id] ?? [],
      network: stackNetwork(identity.stack, subnets[spec.backend]),
      ...meeting(() => stackNetwork(identity.stack, subnets.libvirt)),
      address: addresses[spec.id],
    }));
    const properties = leased.apply((given) => promisedProperties(spec, identity, given, args.environmentDigest));
    // What does not depend on the host is known at once.
    const nothingLeased = { ports: [], network: notLeased, ...meeting(() => notLeased) };

    const sensor = new LiveState(
      `${name}-live`,
      {
        host,
        stack: identity.stack,
        backend: identity.backend,
        instance: spec.id,
        ...promisedProperties(spec, identity, nothingLeased, args.environmentDigest),
        ports: properties.ports,
        network: properties.network,
        ipAddress: properties.ipAddress,
        ...(playbook === undefined ? {} : { playbook }),
      },
      { parent: this, deleteBeforeReplace: true },
    );

    const { provisioning, ...machine } = spec;
    const order = leased.apply((given) => JSON.stringify({ identity, spec: machine, ...given, projectDirectory }));
    const hasSecrets = Object.keys(spec.environment).length > 0;
    const actuator = new command.local.Command(
      `${name}-actuator`,
      {
        create: ensureCommand,
        delete: removeCommand,
        stdin: hasSecrets ? pulumi.secret(order) : order,
        environment: { GROUNDWORK_GENERATION: sensor.generation },
        triggers: [identity.host, identity.stack, identity.backend, identity.id],
        logging: "none",
      },
      { parent: this, dependsOn: [lease], deleteBeforeReplace: true },
    );

    if (provisioning !== undefined && playbook !== undefined) {
      const { generation } = sensor;
      const options = { parent: this, dependsOn: [actuator] };
      provisioningCommand(`${name}-provisioning`, { identity, provisioning, playbook, generation }, options);
    }

    // The report names no variable of the environment, so that it may be read though the order is secret.
    this.report = pulumi.unsecret(actuator.stdout).apply((text) => JSON.parse(text) as InstanceReport);
    this.registerOutputs({ report: this.report });
  }
}

function identityOf(spec: InstanceSpec, host: string): InstanceIdentity {
  return { host, stack: pulumi.getStack(), id: spec.id, name: spec.name, backend: spec.backend };
}
