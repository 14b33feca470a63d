/**
 * The bridges on which instances have addresses of their own, beside their stacks' networks: one for each /24, shared by
 * all of the host, made with the first instance that has an address there and removed with the last.
 */

import { bridgeOf, isBridge } from "../../settings/bridge";
import { GroundworkError } from "../../settings/errors";
import type { StackNetwork } from "../../settings/stack-network";
import type { DesiredInstance } from "../driver";
import { anothersNetwork, interfaceOf, notABridge, type HostInterface } from "../host-interfaces";
import type { InspectedContainer } from "./inspect";
import { containersOn, findNetwork } from "./networks";
import { programError, type ContainerProgram, type ProgramResult } from "./program";

/**
 * Gives a container that does not run yet its own address, if it is to have one.
 *
 * @throws INFRA_EXISTS when another's network has the bridge's name
 * @throws CONFIG_INVALID when the address is of a network that the host is in, and that is no bridge; and where the
 * backend runs without root
 * @throws PORT_CONFLICT at the start, when another container has the address
 */
export async function joinBridge(
  program: ContainerProgram,
  container: string,
  { address, identity }: Pick<DesiredInstance, "address" | "identity">,
): Promise<void> {
  if (address === undefined) return;
  const bridge = bridgeOf(address);
  if (await program.isRootless()) throw outOfReach(program);
  await ensureBridge(program, bridge, identity.host, address);
  await program.run(["network", "connect", "--ip", address, bridge.name, container]);
}

async function ensureBridge(
  program: ContainerProgram,
  bridge: StackNetwork,
  host: string,
  address: string,
): Promise<void> {
  // Without a gateway Podman gives the host no address on an internal network, and so no way to it.
  const gateway = bridge.subnet.replace(/0\/24$/, "1");
  const ours = createArguments(bridge, host, [...program.dialect.bridgeArguments, "--gateway", gateway]);
  const result = await program.call(ours);
  if (result.exitCode === 0) return;
  const present = await findNetwork(program, bridge.name);
  if (present !== undefined) {
    if (present.labels["groundwork.host"] === host) return;
    throw foreignBridge(bridge);
  }
  const taken = interfaceOf(address);
  if (taken === undefined) throw programError(program.dialect.name, ours, result);
  if (!taken.isBridge) throw notABridge(address, taken);
  if (taken.madeBy === "libvirt") throw anothersNetwork(address, taken, "virtual machines");
  await joinHostBridge(program, bridge, host, taken, result);
}

/** A bridge that the host has already, to its LAN for one: the address is of that network. */
async function joinHostBridge(
  program: ContainerProgram,
  bridge: StackNetwork,
  host: string,
  { name, network }: HostInterface,
  refused: ProgramResult,
): Promise<void> {
  const onHosts = ["--driver", "macvlan", "--internal", "--opt", `parent=${name}`];
  const parameters = createArguments({ ...bridge, subnet: network }, host, onHosts);
  const result = await program.call(parameters);
  if (result.exitCode !== 0) throw programError(program.dialect.name, parameters, refused);
}

function createArguments({ name, subnet }: StackNetwork, host: string, options: readonly string[]): readonly string[] {
  return ["network", "create", ...options, "--label", `groundwork.host=${host}`, "--subnet", subnet, name];
}

/** Removes the bridges that this container was the last on. */
export async function leaveBridges(program: ContainerProgram, container: InspectedContainer): Promise<void> {
  for (const name of Object.keys(container.NetworkSettings.Networks ?? {}).filter(isBridge)) {
    // Asked, because Docker would remove one that stopped containers are on; one that is joined in between is refused.
    if ((await containersOn(program, name)).length === 0) await program.call(["network", "rm", name]);
  }
}

function outOfReach({ dialect }: ContainerProgram): GroundworkError {
  const message = `${dialect.name} runs without root, and no address on its networks can be reached from this host`;
  return new GroundworkError("CONFIG_INVALID", message, {
    suggestion: "Remove NETWORK_MODE and name PORTS, or let root run it.",
  });
}

function foreignBridge({ name }: StackNetwork): GroundworkError {
  const message = `a network named "${name}" is there already and is not Groundwork's; it was left untouched`;
  return new GroundworkError("INFRA_EXISTS", message, { details: { network: name } });
}
