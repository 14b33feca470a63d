/** The networks of libvirt: a stack's own, which its machines share with nobody else, and all subnets in use. */

import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { GroundworkError } from "../../settings/errors";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackNetwork } from "../../settings/stack-network";
import { formatLabels, metadataKey, metadataUri, parseLabels } from "./machine-record";
import { virshError, type Virsh } from "./virsh";
import { escapeXml, parseXml } from "./xml";

const networkSchema = z.object({
  network: z.object({
    name: z.string(),
    "@connections": z.string().optional(),
    metadata: z.object({ instance: z.unknown() }).optional().catch(undefined),
    ip: z
      .array(
        z.object({
          "@address": z.string(),
          "@netmask": z.string().optional(),
          "@prefix": z.string().optional(),
          dhcp: z
            .object({ host: z.array(z.object({ "@mac": z.string().optional(), "@ip": z.string() })).optional() })
            .optional()
            .catch(undefined),
        }),
      )
      .optional(),
  }),
});

/** A network, read. */
export interface LibvirtNetwork {
  readonly name: string;
  /** CIDR. */
  readonly subnets: readonly string[];
  /** Addresses that are given to one machine alone, by its hardware address. */
  readonly reserved: ReadonlyMap<string, string>;
  /** The stack that it was made for. @default none: another's */
  readonly owner: Pick<InstanceIdentity, "host" | "stack"> | undefined;
}

/** All networks. */
export async function listNetworks(virsh: Virsh): Promise<readonly LibvirtNetwork[]> {
  const names = (await virsh.run(["net-list", "--all", "--name"]))
    .split("\n")
    .filter((name) => /^[\w.-]+$/.test(name.trim()));
  const text = await virsh.batch(names.map((name) => ["net-dumpxml", name.trim()]));
  return parseNetworks(text);
}

/** Reads what `net-dumpxml` prints, of one network or of many. */
export function parseNetworks(text: string): readonly LibvirtNetwork[] {
  return text
    .split(/^(?=<network)/m)
    .filter((part) => part.startsWith("<network"))
    .map((part) => {
      const { network } = networkSchema.parse(parseXml(part));
      const labels = parseLabels(network.metadata?.instance);
      const hosts = (network.ip ?? []).flatMap(({ dhcp }) => dhcp?.host ?? []);
      return {
        name: network.name,
        subnets: (network.ip ?? []).flatMap((ip) => subnetOf(ip["@address"], ip["@netmask"], ip["@prefix"])),
        reserved: new Map(hosts.map((host) => [host["@mac"] ?? "", host["@ip"]])),
        owner: labels && { host: labels["groundwork.host"], stack: labels["groundwork.stack"] },
      };
    });
}

function subnetOf(address: string, netmask: string | undefined, prefix: string | undefined): string[] {
  if (address.includes(":")) return [];
  const bits =
    netmask === undefined
      ? Number(prefix ?? 32)
      : netmask.split(".").reduce((sum, part) => sum + ones(Number(part)), 0);
  const mask = bits === 0 ? 0 : (~0 << (32 - bits)) >>> 0;
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const base = (number & mask) >>> 0;
  const parts = [24, 16, 8, 0].map((shift) => (base >>> shift) & 255);
  return [`${parts.join(".")}/${String(bits)}`];
}

function ones(byte: number): number {
  return byte.toString(2).replaceAll("0", "").length;
}

/**
 * Makes the network of the instance's stack, unless it is there, and starts it.
 *
 * @throws INFRA_EXISTS when another's network has its name
 */
export async function ensureNetwork(
  virsh: Virsh,
  network: StackNetwork,
  identity: InstanceIdentity,
  folder: string,
): Promise<void> {
  const file = join(folder, "network.xml");
  writeFileSync(file, renderNetwork(network, identity));
  const result = await virsh.call(["net-define", file]);
  rmSync(file);
  const present = (await listNetworks(virsh)).find(({ name }) => name === network.name);
  if (present === undefined) throw virshError(["net-define"], result);
  if (present.owner?.host !== identity.host || present.owner.stack !== identity.stack) throw foreign(identity, network);
  const started = await virsh.call(["net-start", network.name]);
  if (started.exitCode !== 0 && !/already active/i.test(started.stderr)) throw virshError(["net-start"], started);
}

/** A network behind the host's own address, whose machines know each other by id. */
export function renderNetwork({ name, subnet }: StackNetwork, identity: InstanceIdentity): string {
  const base = subnet.split(".").slice(0, 3).join(".");
  return `<network>
  <name>${escapeXml(name)}</name>
  <uuid>${uuidOf(name)}</uuid>
  <metadata>
    <${metadataKey}:instance xmlns:${metadataKey}="${metadataUri}">${escapeXml(formatLabels({ ...identity, id: "" }))}</${metadataKey}:instance>
  </metadata>
  <forward mode="nat"/>
  <bridge name="gw${hash(name).slice(0, 10)}" stp="on" delay="0"/>
  <ip address="${base}.1" netmask="255.255.255.0">
    <dhcp><range start="${base}.200" end="${base}.254"/></dhcp>
  </ip>
</network>
`;
}

/** One that is defined twice is the same: defining it again is the question whether it is there. */
function uuidOf(name: string): string {
  return hash(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The hardware address of an instance: one of QEMU's, made of who the instance is. */
export function macOf({ host, stack, id }: InstanceIdentity): string {
  const [a = "", b = "", c = ""] = hash([host, stack, id].join("\0")).match(/../g) ?? [];
  return `52:54:00:${a}:${b}:${c}`;
}

/** Gives the machine an address of its own on its network, and its name there; the one it has stays. */
export async function reserveAddress(
  virsh: Virsh,
  { name, subnet }: StackNetwork,
  id: string,
  mac: string,
): Promise<string> {
  const [network] = parseNetworks(await virsh.run(["net-dumpxml", name]));
  const held = network?.reserved.get(mac);
  if (held !== undefined) return held;
  const base = subnet.split(".").slice(0, 3).join(".");
  const taken = new Set(network?.reserved.values());
  const free = Array.from({ length: 190 }, (_, index) => `${base}.${String(10 + index)}`).filter(
    (ip) => !taken.has(ip),
  );
  for (const ip of free) {
    const entry = `<host mac='${mac}' name='${id}' ip='${ip}'/>`;
    const result = await virsh.call(["net-update", name, "add-last", "ip-dhcp-host", entry, "--live", "--config"]);
    if (result.exitCode === 0) return ip;
    // Another machine of the stack was faster with this one.
    if (!/existing dhcp host entry/i.test(result.stderr)) throw virshError(["net-update"], result);
  }
  throw new GroundworkError("INSUFFICIENT_RESOURCES", `The network ${name} has no address left for ${id}.`);
}

/** Removes the networks of a stack that no domain is on any more; each machine's address there goes first. */
export async function leaveNetworks(
  virsh: Virsh,
  identity: InstanceIdentity,
  used: ReadonlySet<string>,
): Promise<void> {
  const mac = macOf(identity);
  for (const { name, owner, reserved } of await listNetworks(virsh)) {
    if (owner?.host !== identity.host || owner.stack !== identity.stack) continue;
    const ip = reserved.get(mac);
    if (ip !== undefined) {
      const entry = `<host mac='${mac}' ip='${ip}'/>`;
      await virsh.call(["net-update", name, "delete", "ip-dhcp-host", entry, "--live", "--config"]);
    }
    if (!used.has(name) && (ip === undefined ? reserved.size === 0 : reserved.size === 1))
      await removeNetwork(virsh, name);
  }
}

/** Removes a network; one that is gone is fine. */
export async function removeNetwork(virsh: Virsh, name: string): Promise<void> {
  await virsh.call(["net-destroy", name]);
  await virsh.call(["net-undefine", name]);
}

function foreign({ id }: InstanceIdentity, { name }: StackNetwork): GroundworkError {
  const message = `${id}: a network named "${name}" is there already and is not this stack's; it was left untouched`;
  return new GroundworkError("INFRA_EXISTS", message, { details: { network: name } });
}
