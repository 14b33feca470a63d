/** The networks of a backend: a stack's own, which its instances share with nobody else, and all subnets in use. */

import * as z from "zod";
import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackNetwork } from "../../settings/stack-network";
import type { DesiredInstance } from "../driver";
import { programError, type ContainerProgram } from "./program";

/** One element of what `network inspect` prints: Podman's words are small, Docker's begin with a capital. */
const inspectedNetwork = z
  .object({
    name: z.string().optional(),
    Name: z.string().optional(),
    labels: z.record(z.string(), z.string()).nullish(),
    Labels: z.record(z.string(), z.string()).nullish(),
    subnets: z.array(z.object({ subnet: z.string() })).nullish(),
    IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string() })).nullish() }).nullish(),
  })
  .transform((network) => ({
    name: network.name ?? network.Name ?? "",
    labels: network.labels ?? network.Labels ?? {},
    subnets: [
      ...(network.subnets ?? []).map(({ subnet }) => subnet),
      ...(network.IPAM?.Config ?? []).map(({ Subnet }) => Subnet),
    ],
  }));

/** A network as it is described. */
export type InspectedNetwork = z.infer<typeof inspectedNetwork>;

/** Reads what `network inspect` prints. */
function parseNetworks(stdout: string): readonly InspectedNetwork[] {
  return z.array(inspectedNetwork).parse(JSON.parse(stdout));
}

/** The backend's networks that a filter of `network ls` lets through. @param filter none: all */
async function listNetworks(
  program: ContainerProgram,
  filter: readonly string[] = [],
): Promise<readonly InspectedNetwork[]> {
  const { listsNetworks } = program.dialect;
  if (listsNetworks !== undefined) return parseNetworks(await program.run([...listsNetworks, ...filter]));
  const names = await program.runLines(["network", "ls", "--quiet", ...filter]);
  if (names.length === 0) return [];
  // A network that goes in between makes the call fail; the others are printed all the same.
  return parseNetworks((await program.call(["network", "inspect", ...names])).stdout);
}

/** The subnets, CIDR, of all networks of the backend, whoever made them. */
export async function listSubnets(program: ContainerProgram): Promise<readonly string[]> {
  return (await listNetworks(program)).flatMap(({ subnets }) => subnets);
}

/**
 * Makes the network of the instance's stack, unless it is there; returns whether it was made.
 *
 * @param options what kind of network it is. @default one that is kept apart from the others
 * @throws INFRA_EXISTS when another's network has its name or its subnet
 */
export async function ensureNetwork(
  program: ContainerProgram,
  { network, identity }: Pick<DesiredInstance, "network" | "identity">,
  options: readonly string[] = program.dialect.networkArguments,
): Promise<boolean> {
  const { name, subnet } = network;
  const parameters = createNetworkArguments(options, network, identity);
  // Making it is the question whether it is there: so two instances of a stack cannot both find it missing.
  const result = await program.call(parameters);
  if (result.exitCode === 0) return true;
  const present = await findNetwork(program, name);
  if (present === undefined) throw programError(program.dialect.name, parameters, result);
  if (!isOwn(present, identity)) throw foreignNetwork(identity, network);
  if (present.subnets.includes(subnet)) return false;
  // Somebody made it again by hand. Those that lose it are seen as drifted, and join the new one in turn.
  for (const container of await containersOn(program, name)) {
    await program.run(["network", "disconnect", "--force", name, container]);
  }
  await program.run(["network", "rm", name]);
  await program.run(parameters);
  return true;
}

/** Whether the network of the instance's stack is there, as it is to be. Changes nothing. */
export async function hasNetwork(
  program: ContainerProgram,
  { network, identity }: Pick<DesiredInstance, "network" | "identity">,
): Promise<boolean> {
  const present = await findNetwork(program, network.name);
  return present !== undefined && isOwn(present, identity) && present.subnets.includes(network.subnet);
}

function createNetworkArguments(
  options: readonly string[],
  { name, subnet }: StackNetwork,
  { host, stack }: InstanceIdentity,
): readonly string[] {
  const labels = ["--label", `groundwork.host=${host}`, "--label", `groundwork.stack=${stack}`];
  return ["network", "create", ...options, ...labels, "--subnet", subnet, name];
}

/** The network of a name; undefined where there is none. */
export async function findNetwork(program: ContainerProgram, name: string): Promise<InspectedNetwork | undefined> {
  const { stdout } = await program.call(["network", "inspect", name]);
  return parseNetworks(stdout === "" ? "[]" : stdout).find((network) => network.name === name);
}

function isOwn({ labels }: InspectedNetwork, { host, stack }: Pick<InstanceIdentity, "host" | "stack">): boolean {
  return labels["groundwork.host"] === host && labels["groundwork.stack"] === stack;
}

/** The ids of all containers on a network, running or not. @param id of this instance alone. @default of all */
export function containersOn(program: ContainerProgram, network: string, id?: string): Promise<readonly string[]> {
  const ofInstance = id === undefined ? [] : ["--filter", `label=groundwork.id=${id}`];
  return program.runLines(["ps", "--all", "--quiet", "--filter", `network=${network}`, ...ofInstance]);
}

/** The networks that Groundwork made on a host. @param stack of this one alone. @default of all */
export async function networksOf(
  program: ContainerProgram,
  { host, stack }: { readonly host: string; readonly stack?: string },
): Promise<readonly InspectedNetwork[]> {
  const label = stack === undefined ? `groundwork.host=${host}` : `groundwork.stack=${stack}`;
  const networks = await listNetworks(program, ["--filter", `label=${label}`]);
  return networks.filter(({ labels }) => labels["groundwork.host"] === host);
}

/** The networks that Groundwork made on a host and that no container is on. */
export async function emptyNetworks(program: ContainerProgram, host: string): Promise<readonly InspectedNetwork[]> {
  const networks = await networksOf(program, { host });
  const counts = await Promise.all(networks.map(({ name }) => containersOn(program, name)));
  return networks.filter((_network, index) => counts[index]?.length === 0);
}

function foreignNetwork({ id }: InstanceIdentity, { name }: StackNetwork): GroundworkError {
  const message = `${id}: a network named "${name}" is there already and is not this stack's; it was left untouched`;
  return new GroundworkError("INFRA_EXISTS", message, { details: { network: name } });
}
