/**
 * The addresses of a stack's network that are given to one instance alone. Libvirt holds them, each as an entry of the
 * network, and refuses a second entry with the same address: so two runs cannot give one address out twice.
 */

import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackNetwork } from "../../settings/stack-network";
import { macOf } from "./mac";
import { baseOf, namedContainer, parseNetworks, reservation, type LibvirtNetwork } from "./network-xml";
import { virshError, type Virsh } from "./virsh";

/** One kind of entry. */
interface Kind {
  /** The section of the network that it is in, as `net-update` calls it. */
  readonly section: "ip-dhcp-host" | "dns-host";
  /** The addresses that are given: this many, from the one that ends so. Each kind has its own. */
  readonly first: number;
  readonly count: number;
  /** What libvirt says of an address that has an entry. */
  readonly taken: RegExp;
  readonly entry: (identity: InstanceIdentity, ip: string) => string;
  /** As much of the entry as tells it from others. */
  readonly key: (identity: Pick<InstanceIdentity, "host" | "stack" | "id">) => string;
  /** Those that are given. */
  readonly held: (network: LibvirtNetwork) => readonly { readonly name: string; readonly ip: string }[];
}

/** A machine gets its address by DHCP, and its name with it. */
const machine: Kind = {
  section: "ip-dhcp-host",
  first: 10,
  count: 90,
  taken: /existing dhcp host entry/i,
  entry: (identity, ip) => reservation({ mac: macOf(identity), name: identity.id, ip }),
  key: (identity) => `<host mac='${macOf(identity)}'/>`,
  held: ({ reserved }) => reserved,
};

/** A container is given its address by its own backend; libvirt's name server tells it to the machines. */
const container: Kind = {
  section: "dns-host",
  first: 100,
  count: 100,
  taken: /already at least one dns host record/i,
  entry: ({ id }, ip) => namedContainer({ name: id, ip }),
  key: ({ id }) => `<host><hostname>${id}</hostname></host>`,
  held: ({ containers }) => containers,
};

/** Gives a machine an address of its own on its network, and its name there; the one it has stays. */
export function reserveAddress(virsh: Virsh, network: StackNetwork, identity: InstanceIdentity): Promise<string> {
  return reserve(virsh, network, identity, machine);
}

/** Gives a container an address of its own on the network of its stack's machines, and its name there; the one it has stays. */
export function nameContainer(virsh: Virsh, network: StackNetwork, identity: InstanceIdentity): Promise<string> {
  return reserve(virsh, network, identity, container);
}

async function reserve(
  virsh: Virsh,
  { name, subnet }: StackNetwork,
  identity: InstanceIdentity,
  kind: Kind,
): Promise<string> {
  const { section, first, count } = kind;
  const [network] = parseNetworks((await virsh.call(["net-dumpxml", name])).stdout);
  const given = network === undefined ? [] : kind.held(network);
  const held = given.find((one) => one.name === identity.id);
  if (held !== undefined) return held.ip;
  // A run that was killed may have left it in the description alone, where it would refuse every other.
  await giveBack(virsh, name, identity, kind);
  const taken = new Set(given.map(({ ip }) => ip));
  // Beginning where who it is leads to: the address stays with it also when the network was lost.
  const seed = Number.parseInt(macOf(identity).replaceAll(":", "").slice(-6), 16);
  const all = Array.from(
    { length: count },
    (_, step) => `${baseOf(subnet)}.${String(first + ((seed + step) % count))}`,
  );
  for (const ip of all.filter((one) => !taken.has(one))) {
    const entry = kind.entry(identity, ip);
    const result = await virsh.call(["net-update", name, "add-last", section, entry, "--live", "--config"]);
    if (result.exitCode === 0) return ip;
    // Another instance of the stack was faster with this one.
    if (!kind.taken.test(result.stderr)) throw virshError(["net-update"], result);
  }
  throw new GroundworkError("INSUFFICIENT_RESOURCES", `The network ${name} has no address left for ${identity.id}.`);
}

/** Gives back what an instance has on a network, be it a machine or a container; nothing is fine. */
export async function giveAllBack(
  virsh: Virsh,
  network: string,
  identity: Pick<InstanceIdentity, "host" | "stack" | "id">,
): Promise<void> {
  for (const kind of [machine, container]) await giveBack(virsh, network, identity, kind);
}

/** Takes the name of a container away; none is fine. */
export function forgetContainer(virsh: Virsh, network: string, id: string): Promise<void> {
  return giveBack(virsh, network, { host: "", stack: "", id }, container);
}

/**
 * Gives an entry back, from what is in force and from the description: one command for both does neither where one of
 * them lacks it.
 */
async function giveBack(
  virsh: Virsh,
  network: string,
  identity: Pick<InstanceIdentity, "host" | "stack" | "id">,
  { section, key }: Kind,
): Promise<void> {
  for (const where of ["--live", "--config"]) {
    await virsh.call(["net-update", network, "delete", section, key(identity), where]);
  }
}
