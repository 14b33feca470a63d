/** How the networks of a stack go with the last that is on them. */

import type { InstanceIdentity } from "../../settings/instance-properties";
import { forgetGone, leadsToMachines, leaveMachines } from "./machines";
import { containersOn, networksOf, type InspectedNetwork } from "./networks";
import type { ContainerProgram } from "./program";

/**
 * Takes an instance whose container has gone off the networks of its stack, and removes those that no container is on
 * any more; one that a container joined in between is refused.
 */
export async function leaveNetworks(
  program: ContainerProgram,
  owner: Pick<InstanceIdentity, "host" | "stack" | "id">,
): Promise<void> {
  const networks = await networksOf(program, owner);
  const containers = await Promise.all(networks.map(({ name }) => containersOn(program, name)));
  for (const [index, network] of networks.entries()) await leave(program, network, containers[index] ?? [], owner);
}

/** Removes a network that was seen without containers; one that has some by now is left. */
export async function removeEmptyNetwork(program: ContainerProgram, network: InspectedNetwork): Promise<void> {
  const containers = await containersOn(program, network.name);
  if (containers.length === 0) await leave(program, network, containers, { id: "" });
}

async function leave(
  program: ContainerProgram,
  network: InspectedNetwork,
  containers: readonly string[],
  owner: Pick<InstanceIdentity, "id">,
): Promise<void> {
  const { name } = network;
  const isWay = leadsToMachines(network);
  if (isWay) await forgetGone(program, name, containers, owner);
  // Asked before, because Docker would remove one that stopped containers are on.
  if (containers.length > 0) return;
  await program.call(["network", "rm", name]);
  if (isWay) await leaveMachines(program, name);
}
