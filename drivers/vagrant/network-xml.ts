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
    "@connections": z.string().optional(),
    metadata: z.object({ instance: z.unknown() }).optional().catch(undefined),
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

/** A network, read. */
export interface LibvirtNetwork {
  readonly name: string;
  /** CIDR. */
  readonly subnets: readonly string[];
  readonly reserved: readonly Reservation[];
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
        subnets: (network.ip ?? []).flatMap((ip) => subnetOf(ip["@address"], ip["@netmask"], ip["@prefix"])),
        reserved: hosts.map((host) => ({ mac: host["@mac"] ?? "", name: host["@name"] ?? "", ip: host["@ip"] })),
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
  /** @default none */
  readonly reserved?: readonly Reservation[] | undefined;
}

/**
 * The network of a stack, behind the host's own address; its machines know each other by id. Forwarding names one
 * interface, because without it libvirt lets machines reach every network of this host: its rules come before those of the
 * backends of containers, which keep theirs apart. What comes from there is refused in any case.
 */
export function renderNetwork(
  { name, subnet }: StackNetwork,
  { owner, uplink, reserved = [] }: StackNetworkInputs,
): string {
  const base = baseOf(subnet);
  const hosts = reserved.map((one) => `      ${reservation(one)}\n`).join("");
  return render(
    name,
    owner,
    `${uplink === undefined ? "" : `  <forward mode="nat" dev="${escapeXml(uplink)}"/>\n`}${ownInterface(name)}
  <ip address="${base}.1" netmask="255.255.255.0">
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

/**
 * The bridge of a /24 that machines have addresses of their own on: without names and without a way out.
 *
 * @param hostBridge a bridge that the host has in that network already. @default one is made, with the network's first
 * address for the host
 */
export function renderBridge({ name, subnet }: StackNetwork, host: string, hostBridge?: string): string {
  const own = `${ownInterface(name)}\n  <dns enable="no"/>\n  <ip address="${baseOf(subnet)}.1" netmask="255.255.255.0"/>`;
  const hosts = `  <forward mode="bridge"/>\n  <bridge name="${escapeXml(hostBridge ?? "")}"/>`;
  return render(name, { host, stack: "" }, hostBridge === undefined ? own : hosts);
}

function render(name: string, owner: Pick<InstanceIdentity, "host" | "stack">, rest: string): string {
  const labels = escapeXml(formatLabels({ ...owner, id: "" }));
  return `<network>
  <name>${escapeXml(name)}</name>
  <uuid>${uuidOf(name)}</uuid>
  <metadata>
    <${metadataKey}:instance xmlns:${metadataKey}="${metadataUri}">${labels}</${metadataKey}:instance>
  </metadata>
${rest}
</network>
`;
}

function ownInterface(name: string): string {
  return `  <bridge name="gw${hash(name).slice(0, 10)}" stp="on" delay="0"/>`;
}

/** The first three numbers of a /24. */
export function baseOf(subnet: string): string {
  return subnet.split(".").slice(0, 3).join(".");
}

/** One that is defined twice is the same. */
function uuidOf(name: string): string {
  return hash(name).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
