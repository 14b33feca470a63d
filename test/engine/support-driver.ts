/** The driver itself, on a real backend, without Pulumi and without a ledger. */

import { randomBytes, randomInt } from "node:crypto";
import { createDriver, type DriverOptions } from "../../drivers";
import type { DesiredInstance, Driver } from "../../drivers/driver";
import { hostNetworks } from "../../host/host-networks";
import { chooseSubnet } from "../../host/subnets";
import { promisedProperties, type InstanceIdentity } from "../../settings/instance-properties";
import type { InstanceSpec, LeasedPort } from "../../settings/instance-spec";
import { stackNetwork, type StackMachines } from "../../settings/stack-network";
import { hostSetup, Sandbox } from "../support/sandbox";

const digest = (environment: Readonly<Record<string, string>>) => JSON.stringify(environment);

/** The host's driver of Podman, in a sandbox's environment. */
export function podmanDriver(sandbox: Sandbox, options: Pick<DriverOptions, "mostLayers"> = {}): Driver {
  const paths = { podman: hostSetup!.podman!.path };
  return createDriver("podman", { paths, environment: sandbox.environment, digest, ...options });
}

/** What a test of a driver works with. */
interface DriverWorld {
  readonly sandbox: Sandbox;
  readonly driver: Driver;
  readonly host: string;
}

/**
 * Gives every test a sandbox, a driver in it and a host of its own; afterwards removes all that the driver has of that
 * host.
 */
export function useDriver(
  take: (world: DriverWorld) => void,
  make: (sandbox: Sandbox) => Driver = (sandbox) => podmanDriver(sandbox),
): void {
  let world: DriverWorld;
  beforeEach(() => {
    const sandbox = new Sandbox();
    world = { sandbox, driver: make(sandbox), host: uniqueHost() };
    take(world);
  });
  afterEach(async () => {
    const { sandbox, driver, host } = world;
    for (const { identity } of await driver.list(host)) await driver.remove(identity);
    for (const leftover of await driver.leftovers(host)) await driver.removeLeftover(leftover);
    await sandbox.dispose();
  });
}

/** Names that nothing else has: of a host, and of one of its stacks. */
export function uniqueHost(): string {
  return randomBytes(6).toString("hex");
}

/** A subnet that nothing on this host has: a run that was killed may have left a bridge with the last one. */
export function freeSubnet(): string {
  return chooseSubnet(hostNetworks(), randomInt(2 ** 32))!;
}

/** The subnets of hosts that exist in a test alone: of each one, the same for all its instances. */
const subnets = new Map<string, string>();

function subnetOf(host: string): string {
  const subnet = subnets.get(host) ?? freeSubnet();
  subnets.set(host, subnet);
  return subnet;
}

/** An instance that sleeps, of a stack of this host. */
export function sleeper(
  host: string,
  over: Partial<InstanceSpec> = {},
  more: {
    readonly ports?: readonly LeasedPort[];
    readonly stack?: string;
    readonly subnet?: string;
    readonly projectDirectory?: string;
    readonly machines?: StackMachines;
  } = {},
): DesiredInstance {
  const { ports = [], stack = `stack-${host}`, subnet = subnetOf(host), projectDirectory, machines } = more;
  const id = over.id ?? "web";
  const spec: InstanceSpec = {
    id,
    name: `${id}-${host}`,
    type: "container",
    backend: "podman",
    memoryMiB: 64,
    cpus: 1,
    image: hostSetup!.image.name,
    command: ["sleep", "infinity"],
    ports,
    volumes: [],
    environment: {},
    power: "running",
    networkMode: "default",
    ...over,
  };
  const identity: InstanceIdentity = { host, stack, id, name: spec.name, backend: spec.backend };
  const network = stackNetwork(stack, subnet);
  const properties = promisedProperties(spec, identity, { ports, network, machines }, digest(spec.environment));
  return { identity, spec, ports, network, machines, properties, projectDirectory };
}
