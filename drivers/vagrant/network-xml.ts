/** Libvirt's description of a network: read and written. Pure. */

import { createHash } from "node:crypto";
import * as z from "zod";
import type { InstanceIdentity } from "../../settings/instance-properties";
import type { StackNetwork } from "../../settings/stack-network";
import { formatLabels, metadataKey, metadataUri, parseLabels } from "./machine-record";
import { escapeXml, parseXml } from "./xml";

const hostSchema = z.object({ "@mac": z.string().optional(), "@name": z.string().optional(), "@ip": z.string() });
const networkSchema = z.object({
  network: z.object({
    name: z.string(),
    uuid: z.string(),
    "@connections": z.string().optional(),
    metadata: z.object({ instance: z.unknown() }).optional().catch(undefined),
    dns: z
      .object({ host: z.array(z.object({ "@ip": z.string(), hostname: z.array(z.string()) })).optional() })
      .optional()
      .catch(undefined),
    forward: z.object({ "@dev": z.string().optional() }).optional().catch(undefined),
    ip: z
      .array(
        z.object({
          "@address": z.string(),
          "@netmask": z.string().optional(),
          "@prefix": z.string().optional(),
          dhcp: z
            .object({ host: z.array(hostSchema).optional() })
            .optional()
            .catch(undefined),
        }),
      )
      .optional(),
  }),
});

/** An address that is given to one machine alone. */
export interface Reservation {
  /** The hardware address. */
  readonly mac: string;
  /** The name of the machine there. */
  readonly name: string;
  readonly ip: string;
}

/** The address of a container, and the name by which machines reach it. */
export interface NamedContainer {
  readonly name: string;
  readonly ip: string;
}

/** A network, read. */
export interface LibvirtNetwork {
  readonly name: string;
  readonly uuid: string;
  /** CIDR. */
  readonly subnets: readonly string[];
  readonly reserved: readonly Reservation[];
  readonly containers: readonly NamedContainer[];
  /** The stack that it was made for; a bridge is no stack's. @default none: another's */
  readonly owner: Pick<InstanceIdentity, "host" | "stack"> | undefined;
  /** The one interface of this host by which its machines reach others. @default any, or none */
  readonly uplink: string | undefined;
  /** Whether machines that run are on it. */
  readonly isUsed: boolean;
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
        uuid: network.uuid,
        subnets: (network.ip ?? []).flatMap((ip) => subnetOf(ip["@address"], ip["@netmask"], ip["@prefix"])),
        reserved: hosts.map((host) => ({ mac: host["@mac"] ?? "", name: host["@name"] ?? "", ip: host["@ip"] })),
        containers: (network.dns?.host ?? []).map((host) => ({ name: host.hostname[0] ?? "", ip: host["@ip"] })),
        owner: labels && { host: labels["groundwork.host"], stack: labels["groundwork.stack"] },
        uplink: network.forward?.["@dev"],
        isUsed: network["@connections"] !== undefined,
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

/** What a stack's network is made of besides its name and its subnet. */
export interface StackNetworkInputs {
  readonly owner: Pick<InstanceIdentity, "host" | "stack">;
  /** {@link LibvirtNetwork.uplink}. @default none: its machines reach each other and this host alone */
  readonly uplink: string | undefined;
  /** What is there already. @default nothing */
  readonly present?: Pick<LibvirtNetwork, "uuid" | "reserved" | "containers"> | undefined;
}

/**
 * The network of a stack, behind the host's own address; its machines know each other by id. Forwarding names one
 * interface, because without it libvirt lets machines reach every network of this host: its rules come before those of the
 * backends of containers, which keep theirs apart. What comes from there is refused in any case.
 */
export function renderNetwork({ name, subnet }: StackNetwork, { owner, uplink, present }: StackNetworkInputs): string {
  const base = baseOf(subnet);
  const { reserved = [], containers = [] } = present ?? {};
  const names = containers.map((one) => `    ${namedContainer(one)}\n`).join("");
  const dns = names === "" ? "" : `  <dns>\n${names}  </dns>\n`;
  const hosts = reserved.map((one) => `      ${reservation(one)}\n`).join("");
  return render(
    { name, owner, uuid: present?.uuid },
    `${uplink === undefined ? "" : `  <forward mode="nat" dev="${escapeXml(uplink)}"/>\n`}${ownInterface(name)}
${dns}  <ip address="${base}.1" netmask="255.255.255.0">
    <dhcp>
      <range start="${base}.200" end="${base}.254"/>
${hosts}    </dhcp>
  </ip>`,
  );
}

/** A reservation as an element. */
export function reservation({ mac, name, ip }: Reservation): string {
  return `<host mac='${mac}'${name === "" ? "" : ` name='${name}'`} ip='${ip}'/>`;
}

/** The name of a container as an element. */
export function namedContainer({ name, ip }: NamedContainer): string {
  return `<host ip='${ip}'><hostname>${name}</hostname></host>`;
}

/**
 * The bridge of a /24 that machines have addresses of their own on: without names and without a way out.
 *
 * @param hostBridge a bridge that the host has in that network already. @default one is made, with the network's first
 * address for the host
 */
export function renderBridge({ name, subnet }: StackNetwork, host: string, hostBridge?: string): string {
  const own = `${ownInterface(name)}\n  <dns enable="no"/>\n  <ip address="${baseOf(subnet)}.1" netmask="255.255.255.0"/>`;
  const hosts = `  <forward mode="bridge"/>\n  <bridge name="${escapeXml(hostBridge ?? "")}"/>`;
  return render({ name, owner: { host, stack: "" }, uuid: uuidOf(name) }, hostBridge === undefined ? own : hosts);
}

interface Head {
  readonly name: string;
  readonly owner: Pick<InstanceIdentity, "host" | "stack">;
  /** @default libvirt makes one, and refuses it where the name is taken */
  readonly uuid: string | undefined;
}

function render({ name, owner, uuid }: Head, rest: string): string {
  const labels = escapeXml(formatLabels({ ...owner, id: "" }));
  return `<network>
  <name>${escapeXml(name)}</name>
${uuid === undefined ? "" : `  <uuid>${uuid}</uuid>\n`}  <metadata>
    <${metadataKey}:instance xmlns:${metadataKey}="${metadataUri}">${labels}</${metadataKey}:instance>
  </metadata>
${rest}
</network>
`;
}

function ownInterface(name: string): string {
  return `  <bridge name="${interfaceNameOf(name)}" stp="on" delay="0"/>`;
}

/** The name of the interface that this host has on a network of ours. */
export function interfaceNameOf(network: string): string {
  return `gw${hash(network).slice(0, 10)}`;
}

/** The first three numbers of a /24. */
export function baseOf(subnet: string): string {
  return subnet.split(".").slice(0, 3).join(".");
}

/** A bridge that is defined twice is the same. */
function uuidOf(name: string): string {
  return hash(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
