/** Libvirt's domains: what they are now, and which of them are ours. */

import * as z from "zod";
import { isBridge } from "../../settings/bridge";
import type { Target } from "../driver";
import { parseLabels, parseRecord } from "./machine-record";
import type { ReadMachine } from "./owned-machine";
import type { Virsh } from "./virsh";
import { parseXml } from "./xml";

/** A domain, read. Its memory is what it may use now. */
export interface Domain extends ReadMachine {
  readonly running: boolean;
  /** What it can be given without a start. */
  readonly maximumMiB: number;
  /** Undefined where its disk cannot be read. */
  readonly diskGiB: number | undefined;
  readonly diskFile: string | undefined;
  /** Those on networks of libvirt, in their order. */
  readonly interfaces: readonly { readonly network: string; readonly mac: string }[];
  /** The network that it shares with its stack: the first that is no bridge of ours. */
  readonly network: string;
}

const memory = z.object({ "#text": z.string(), "@unit": z.string().optional() });
const domainSchema = z.object({
  domain: z.object({
    name: z.string(),
    uuid: z.string(),
    description: z.unknown().optional(),
    metadata: z.object({ instance: z.unknown() }).optional().catch(undefined),
    memory,
    currentMemory: memory,
    vcpu: z.union([z.string(), z.object({ "#text": z.string(), "@current": z.string().optional() })]),
    devices: z.object({
      disk: z.array(z.object({ source: z.object({ "@file": z.string().optional() }).optional() }).loose()).optional(),
      interface: z
        .array(
          z.object({
            mac: z.object({ "@address": z.string() }).optional(),
            source: z.object({ "@network": z.string().optional() }).optional(),
          }),
        )
        .optional(),
    }),
  }),
});

/** The name of a domain's disk for `virsh`; vagrant-libvirt attaches the box's disk there. */
export const diskTarget = "vda";

/** Describes all domains of these names and ids with one call; who is not there is left out. */
export async function describeDomains(virsh: Virsh, names: readonly string[]): Promise<readonly Domain[]> {
  return parseDomains(await virsh.batch(descriptionOf(names)));
}

function descriptionOf(names: readonly string[]): readonly string[][] {
  return [...new Set(names)].flatMap((name) => [
    ["dumpxml", name],
    ["domstate", name],
    ["domblkinfo", name, diskTarget],
  ]);
}

/**
 * Describes all domains that bear on these targets. What has a target's name nearly always is the recorded one too, so
 * that its id is asked for by name and no more.
 */
export async function findDomains(virsh: Virsh, targets: readonly Target[]): Promise<readonly Domain[]> {
  const names = targets.flatMap(({ objectId, name }) => (objectId === undefined ? [] : [name]));
  const described = descriptionOf(targets.map(({ objectId, name }) => objectId ?? name));
  const text = await virsh.batch([...described, ...names.map((name) => ["domuuid", name])]);
  const domains = parseDomains(text);
  const named = text.match(/^[0-9a-f-]{36}$/gm) ?? [];
  const others = named.filter((id) => !domains.some(({ uuid }) => uuid === id));
  return [...domains, ...(await describeDomains(virsh, others))];
}

/** All domains. */
export async function allDomains(virsh: Virsh): Promise<readonly Domain[]> {
  const ids = (await virsh.run(["list", "--all", "--uuid"])).split("\n").filter((line) => line.trim() !== "");
  return describeDomains(
    virsh,
    ids.map((id) => id.trim()),
  );
}

/** Reads what {@link describeDomains} asks for. One that is described twice is told once. */
export function parseDomains(text: string): readonly Domain[] {
  const parts = text.split(/^(?=<domain )/m).filter((part) => part.startsWith("<domain "));
  const domains = parts.map(parseDomain);
  return domains.filter(({ uuid }, index) => domains.findIndex((other) => other.uuid === uuid) === index);
}

function parseDomain(text: string): Domain {
  const end = text.indexOf("</domain>") + "</domain>".length;
  const { domain } = domainSchema.parse(parseXml(text.slice(0, end)));
  const after = text.slice(end);
  const state = /^\s*([a-z ]+)\n/.exec(after)?.[1]?.trim() ?? "";
  const capacity = /^Capacity:\s+(\d+)/m.exec(after)?.[1];
  const interfaces = (domain.devices.interface ?? []).map(({ mac, source }) => ({
    network: source?.["@network"] ?? "",
    mac: mac?.["@address"] ?? "",
  }));
  const [disk] = domain.devices.disk ?? [];
  const { vcpu } = domain;
  return {
    uuid: domain.uuid,
    name: domain.name,
    active: !["shut off", "crashed"].includes(state),
    running: ["running", "idle"].includes(state),
    memoryMiB: toMiB(domain.currentMemory),
    maximumMiB: toMiB(domain.memory),
    cpus: Number(typeof vcpu === "string" ? vcpu : (vcpu["@current"] ?? vcpu["#text"])),
    diskGiB: capacity === undefined ? undefined : Number(capacity) / 2 ** 30,
    diskFile: disk?.source?.["@file"],
    interfaces,
    network: interfaces.find(({ network }) => !isBridge(network))?.network ?? "",
    labels: parseLabels(domain.description),
    record: parseRecord(domain.metadata?.instance),
  };
}

/** libvirt writes KiB, whatever was given. */
function toMiB({ "#text": text }: z.infer<typeof memory>): number {
  return Number(text) / 1024;
}
