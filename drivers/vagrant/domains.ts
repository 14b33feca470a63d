/** Libvirt's domains: what they are now, and which of them are ours. */

import * as z from "zod";
import { ownerLabels, type OwnerLabels } from "../../settings/instance-properties";
import { canonicalJson } from "../../settings/canonical-json";
import type { Target } from "../driver";
import { parseLabels, parseRecord, type MachineRecord } from "./machine-record";
import type { Virsh } from "./virsh";
import { parseXml } from "./xml";

/** A domain, read. */
export interface Domain {
  readonly uuid: string;
  readonly name: string;
  /** It has a process: running or paused. */
  readonly active: boolean;
  readonly running: boolean;
  /** What it may use now. */
  readonly memoryMiB: number;
  /** What it can be given without a start. */
  readonly maximumMiB: number;
  readonly cpus: number;
  /** Undefined where its disk cannot be read. */
  readonly diskGiB: number | undefined;
  readonly diskFile: string | undefined;
  /** The network of its first interface. */
  readonly network: string;
  readonly mac: string;
  /** Undefined where Groundwork did not make it. */
  readonly labels: OwnerLabels | undefined;
  /** Undefined where it was never finished. */
  readonly record: MachineRecord | undefined;
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
  const commands = [...new Set(names)].flatMap((name) => [
    ["dumpxml", name],
    ["domstate", name],
    ["domblkinfo", name, diskTarget],
  ]);
  return parseDomains(await virsh.batch(commands));
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
  const [nic] = domain.devices.interface ?? [];
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
    network: nic?.source?.["@network"] ?? "",
    mac: nic?.mac?.["@address"] ?? "",
    labels: parseLabels(domain.description),
    record: parseRecord(domain.metadata?.instance),
  };
}

/** libvirt writes KiB, whatever was given. */
function toMiB({ "#text": text }: z.infer<typeof memory>): number {
  return Number(text) / 1024;
}

/** The domains that bear on one target. */
export interface Candidates {
  /** Ours: the recorded one, else what has our name and all our labels. */
  readonly ours?: Domain;
  /** Something else under our name. */
  readonly foreign?: Domain;
}

/** Sorts out whose the domains are, as `drivers/containers/containers.ts` does for containers. */
export function candidatesOf(target: Target, domains: readonly Domain[]): Candidates {
  const isOurs = (domain: Domain) => domain.uuid === target.objectId || hasLabelsOf(domain, target);
  const named = domains.find(({ name }) => name === target.name);
  const recorded = domains.find(({ uuid }) => uuid === target.objectId);
  const ours = recorded ?? (named !== undefined && isOurs(named) ? named : undefined);
  return {
    ...(ours === undefined ? {} : { ours }),
    ...(named === undefined || isOurs(named) ? {} : { foreign: named }),
  };
}

/** The names and ids to ask for, so that {@link candidatesOf} can answer. */
export function namesOf({ name, objectId }: Target): readonly string[] {
  return objectId === undefined ? [name] : [objectId, name];
}

function hasLabelsOf({ labels }: Domain, target: Target): boolean {
  return canonicalJson(labels) === canonicalJson(ownerLabels(target));
}

/** A sentence about someone else's domain. */
export function describeForeign({ name, uuid, labels }: Domain): string {
  const owner = labels?.["groundwork.stack"];
  const whose = owner === undefined ? "Groundwork did not make it" : `it belongs to the stack "${owner}"`;
  return `a virtual machine named "${name}" (${uuid.slice(0, 8)}) is there already and ${whose}`;
}
