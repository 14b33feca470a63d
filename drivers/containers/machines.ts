/**
 * How containers meet the virtual machines of their stack: by a second interface on the machines' own network, where each
 * side knows the other's names. Libvirt keeps the network, the addresses and the containers' names; see ADR 54.
 */

import { readFileSync } from "node:fs";
import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { DesiredInstance } from "../driver";
import { macOf } from "../vagrant/mac";
import {
  describeMixedNetworks,
  ensureMixedNetwork,
  forgetContainers,
  leaveMixedNetwork,
  reserveAddresses,
  type MixedAddresses,
} from "../vagrant/mixed-network";
import { interfaceNameOf, type LibvirtNetwork } from "../vagrant/network-xml";
import { label } from "./container-labels";
import { isActive, type InspectedContainer } from "./inspect";
import { containersOn, ensureNetwork, type InspectedNetwork } from "./networks";
import type { ContainerProgram } from "./program";

/** Marks a network of the backend that is a way to machines. */
const marked = "groundwork.machines";

/**
 * Makes ready what a container needs to meet the machines of its stack, and tells the addresses; nothing where it has none.
 * The way there comes before the container's name: as long as a name is kept, the way there tells of it.
 *
 * @throws CONFIG_INVALID where the backend runs without root
 * @throws PROVIDER_NOT_AVAILABLE when libvirt does not answer
 */
export async function prepareMeeting(
  program: ContainerProgram,
  { machines, identity }: Pick<DesiredInstance, "machines" | "identity">,
): Promise<MixedAddresses | undefined> {
  if (machines === undefined) return undefined;
  if (await program.isRootless()) throw outOfReach(program, identity);
  await ensureMixedNetwork(program.virsh, machines, identity);
  const parent = `parent=${interfaceNameOf(machines.network.name)}`;
  // Internal: the way out is that of the stack's other network.
  const way = ["--driver", "macvlan", "--internal", "--opt", parent, "--label", `${marked}=libvirt`];
  await ensureNetwork(program, { network: machines.network, identity }, way);
  return reserveAddresses(program.virsh, machines, identity);
}

/**
 * Gives a container that was made for these addresses its interface. Its hardware address follows from who it is, as a
 * machine's does: machines would look for it at a former one for half a minute after a restart.
 */
export async function joinMachines(
  program: ContainerProgram,
  container: string,
  { machines, identity }: Pick<DesiredInstance, "machines" | "identity">,
  addresses: MixedAddresses | undefined,
): Promise<void> {
  if (machines === undefined || addresses === undefined) return;
  const place = ["--ip", addresses.own, "--mac-address", macOf(identity)];
  await program.run(["network", "connect", ...place, machines.network.name, container]);
}

/** Whether a network of the backend is a way to machines. */
export function leadsToMachines({ labels }: InspectedNetwork): boolean {
  return labels[marked] !== undefined;
}

/**
 * Takes the names of containers that have gone off a way to machines, before that is removed.
 *
 * @param containers those that are on it
 */
export async function forgetGone(
  program: ContainerProgram,
  network: string,
  containers: readonly string[],
  { id }: Pick<InstanceIdentity, "id">,
): Promise<void> {
  if (containers.length === 0) await forgetContainers(program.virsh, network);
  else if ((await containersOn(program, network, id)).length === 0) await forgetContainers(program.virsh, network, id);
}

/** Removes the machines' network behind a way that was removed, unless somebody is on it, or is to be. */
export async function leaveMachines(program: ContainerProgram, network: string): Promise<void> {
  await leaveMixedNetwork(program.virsh, network);
}

/**
 * The networks on which these containers meet machines, as libvirt has them now. Nothing is asked where none of them
 * meets any.
 *
 * @throws PROVIDER_NOT_AVAILABLE when libvirt does not answer
 */
export async function meetingNetworks(
  program: ContainerProgram,
  containers: readonly InspectedContainer[],
): Promise<readonly LibvirtNetwork[]> {
  const names = containers.flatMap((container) => promiseOf(container)?.network ?? []);
  return names.length === 0 ? [] : describeMixedNetworks(program.virsh, names);
}

/** What a container was made with: its place among machines, and their addresses. Undefined where it meets none. */
function promiseOf({ Config, HostConfig }: InspectedContainer) {
  const { [label.machinesNetwork]: network, [label.machinesAddress]: address = "" } = Config.Labels ?? {};
  const hosts = (HostConfig.ExtraHosts ?? []).map((line) => line.split(":", 2));
  // The labels alone may be those of a predecessor, from the image that its files were saved in.
  return network === undefined || hosts.length === 0 ? undefined : { network, address, hosts };
}

/**
 * The machines that know a container, and that it knows: at the addresses that libvirt keeps for them. Undefined for one
 * that is to know none.
 *
 * @param holds whether the processes of the container's network have an address
 */
export function knownMachines(
  container: InspectedContainer,
  networks: readonly LibvirtNetwork[],
  holds = holdsAddress,
): readonly string[] | undefined {
  const promise = promiseOf(container);
  if (promise === undefined) return undefined;
  const { address, hosts } = promise;
  const network = networks.find(({ name }) => name === promise.network);
  const joined = container.NetworkSettings.Networks?.[promise.network];
  const id = container.Config.Labels?.["groundwork.id"];
  const isNamed = network?.containers.some((one) => one.name === id && one.ip === address) === true;
  if (joined === undefined || !isNamed) return [];
  if (isActive(container) && !(joined.IPAddress === address && holds(container.State.Pid, address))) return [];
  const known = hosts.filter(([host, ip]) => network.reserved.some((one) => one.name === host && one.ip === ip));
  return known.map(([host = ""]) => host).sort();
}

/** An interface that goes with its bridge is not missed by the backend. What cannot be read is taken as right. */
function holdsAddress(pid: number, address: string): boolean {
  try {
    return readFileSync(`/proc/${String(pid)}/net/fib_trie`, "utf8").includes(`|-- ${address}\n`);
  } catch {
    return true;
  }
}

function outOfReach({ dialect }: ContainerProgram, { id }: InstanceIdentity): GroundworkError {
  const message = `${id} cannot meet the virtual machines of its stack: ${dialect.name} runs without root`;
  return new GroundworkError("CONFIG_INVALID", message, {
    suggestion: "Let root run it, or put the machines into a stack of their own.",
  });
}
