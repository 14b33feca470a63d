/** Reads what `container inspect` prints into our own vocabulary. Pure. */

import * as z from "zod";
import { bridgeOf, isBridge } from "../../settings/bridge";
import { formatPort, formatVolume, type LeasedPort, type VolumeMount } from "../../settings/instance-spec";
import type { OwnerLabels } from "../../settings/instance-properties";
import type { ObservedProperties } from "../driver";
import type { Limits } from "./cgroup";
import { label, parseCommandLabel, parseListLabel } from "./container-labels";

const portBinding = z.object({ HostIp: z.string().default(""), HostPort: z.string() });

const mount = z.object({
  Type: z.string(),
  Name: z.string().optional(),
  Source: z.string().default(""),
  Destination: z.string(),
  RW: z.boolean(),
});

/**
 * One element of the array that `container inspect` prints, as far as we read it. Recorded from podman 4.3.1 and
 * Docker 20.10; `null` stands for an empty list or map there.
 */
const inspectedContainer = z.object({
  Id: z.string(),
  // Docker's begins with a slash.
  Name: z.string().transform((name) => name.replace(/^\//, "")),
  Image: z.string(),
  /** The image's name; Docker tells it with the configuration. */
  ImageName: z.string().optional(),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean().default(false),
    ExitCode: z.number().default(0),
    StartedAt: z.string().default(""),
    Pid: z.number().default(0),
    /** Docker does not tell it. */
    CgroupPath: z.string().default(""),
  }),
  Mounts: z.array(mount).nullable(),
  Config: z.object({
    Image: z.string().default(""),
    Env: z.array(z.string()).nullable(),
    Cmd: z.array(z.string()).nullable(),
    Labels: z.record(z.string(), z.string()).nullable(),
  }),
  HostConfig: z.object({
    /** Names with their addresses, `database:10.192.7.10`. */
    ExtraHosts: z.array(z.string()).nullable().default([]),
    PortBindings: z.record(z.string(), z.array(portBinding).nullable()).nullable().default({}),
    Memory: z.number().default(0),
    NanoCpus: z.number().default(0),
  }),
  NetworkSettings: z
    .object({
      Networks: z
        .record(z.string(), z.object({ IPAddress: z.string().default("") }))
        .nullable()
        .default({}),
    })
    .default({ Networks: {} }),
});

/** A container as it is described. */
export type InspectedContainer = z.infer<typeof inspectedContainer>;

/** Parses what `container inspect` prints. @param printed its text, or the containers that were read from it */
export function parseInspect(printed: string | readonly unknown[]): readonly InspectedContainer[] {
  return z.array(inspectedContainer).parse(typeof printed === "string" ? JSON.parse(printed) : printed);
}

/** What reading a container needs from outside of its description. */
export interface ReadingContext {
  /** The limits in force in the cgroup at a path; undefined where it cannot be read. */
  readonly limits: (cgroupPath: string) => Limits | undefined;
  /** The digest of an environment, by this host's key. */
  readonly digest: (environment: Readonly<Record<string, string>>) => string;
}

/** A container's properties, in the words of the spec. */
export function readProperties(container: InspectedContainer, context: ReadingContext): ObservedProperties {
  const labels = container.Config.Labels ?? {};
  const running = isRunning(container);
  return {
    exists: true,
    name: container.Name,
    running,
    ...(running ? limitsOf(container, context.limits) : {}),
    diskGiB: 0,
    image: imageOf(container, labels),
    command: commandOf(container, labels),
    ports: portsOf(container).map(formatPort).sort(),
    volumes: volumesOf(container),
    network: networkOf(container),
    ipAddress: addressOf(container, labels),
    environmentDigest: context.digest(environmentOf(container, parseListLabel(labels[label.environment]))),
    labels: ownerLabelsOf(labels),
  };
}

/** A paused container does not count as running. */
export function isRunning(container: InspectedContainer): boolean {
  return container.State.Running && !container.State.Paused;
}

/** Whether it ever ran, so that something may have been written inside. The year 1 stands for never. */
export function wasStarted(container: InspectedContainer): boolean {
  return !/^(0001-|$)/.test(container.State.StartedAt);
}

/** Whether it has processes: a paused one keeps its ports and its memory. */
export function isActive(container: InspectedContainer): boolean {
  return container.State.Running || container.State.Paused;
}

/** The limits that it has after a start. Podman 4 keeps those that it was made with, whatever `update` said. */
export function storedLimits({ HostConfig: { Memory, NanoCpus } }: InspectedContainer): Limits {
  return { memoryMiB: Math.round(Memory / 2 ** 20), cpus: NanoCpus / 1e9 };
}

/** The limits in force; of a container that stands still, or whose cgroup cannot be read, those that it was made with. */
export function limitsOf(container: InspectedContainer, limits: ReadingContext["limits"]): Limits {
  const described = storedLimits(container);
  return isRunning(container) ? (limits(container.State.CgroupPath) ?? described) : described;
}

function imageOf(container: InspectedContainer, labels: Record<string, string>): string {
  const asked = labels[label.image];
  return asked !== undefined && labels[label.madeFrom] === container.Image ? asked : imageNameOf(container);
}

/** The name of the image that it was made from, or what stood in its place. */
export function imageNameOf({ ImageName, Config }: InspectedContainer): string {
  return ImageName ?? Config.Image;
}

function commandOf(container: InspectedContainer, labels: Record<string, string>): readonly string[] {
  const actual = container.Config.Cmd ?? [];
  const effective = parseCommandLabel(labels[label.effectiveCommand]);
  const asked = parseCommandLabel(labels[label.command]);
  const unchanged = JSON.stringify(effective) === JSON.stringify(actual);
  return unchanged && asked !== undefined ? asked : actual;
}

/** The ports that it publishes, in no order. */
export function portsOf(container: InspectedContainer): readonly LeasedPort[] {
  return Object.entries(container.HostConfig.PortBindings ?? {}).flatMap(([inside, bindings]) =>
    (bindings ?? []).map((binding) => readBinding(inside, binding)),
  );
}

function readBinding(inside: string, binding: z.infer<typeof portBinding>): LeasedPort {
  const [port = "", protocol = "tcp"] = inside.split("/");
  return {
    address: binding.HostIp === "" ? "0.0.0.0" : binding.HostIp,
    host: Number(binding.HostPort),
    inside: Number(port),
    protocol: protocol === "udp" ? "udp" : "tcp",
  };
}

/** The networks that it is on, but for our bridges, joined by commas. */
function networkOf({ NetworkSettings }: InspectedContainer): string {
  const networks = Object.entries(NetworkSettings.Networks ?? {});
  return networks
    .filter(([name]) => !isBridge(name))
    .map(([name, { IPAddress }]) => (isOfSubnet(IPAddress, name) ? name : `${name} (${IPAddress})`))
    .sort()
    .join();
}

/**
 * Its address on a bridge of ours. One that stands still has none at the moment: if it is on that bridge, it will have the
 * address that it was made with.
 */
function addressOf({ NetworkSettings }: InspectedContainer, labels: Record<string, string>): string {
  const [found] = Object.entries(NetworkSettings.Networks ?? {}).filter(([name]) => isBridge(name));
  if (found === undefined) return "";
  const [name, { IPAddress }] = found;
  const made = labels[label.address] ?? "";
  const stays = IPAddress === "" && made !== "" && bridgeOf(made).name === name;
  return stays ? made : IPAddress;
}

/** Whether the address is of the subnet that a stack's network tells by its name; a network of another kind tells none. */
function isOfSubnet(address: string, network: string): boolean {
  const [, told] = /^groundwork-.*-(\d+-\d+-\d+)$/.exec(network) ?? [];
  return address === "" || told === undefined || address.startsWith(`${told.replaceAll("-", ".")}.`);
}

/** Anonymous volumes belong to the image, not to the spec: they are named by 64 hex digits. */
const anonymousVolume = /^[0-9a-f]{64}$/;

/** The anonymous volumes, which hold what the image's own VOLUME directories hold. */
export function anonymousVolumes(container: InspectedContainer): readonly VolumeMount[] {
  return (container.Mounts ?? [])
    .filter(({ Type, Name = "" }) => Type === "volume" && anonymousVolume.test(Name))
    .map(({ Name = "", Destination, RW }) => ({ source: Name, target: Destination, readOnly: !RW }));
}

function volumesOf(container: InspectedContainer): readonly string[] {
  return (container.Mounts ?? [])
    .filter((mounted) => mounted.Type === "bind" || mounted.Type === "volume")
    .filter((mounted) => !anonymousVolume.test(mounted.Name ?? ""))
    .map((mounted) =>
      formatVolume({
        source: mounted.Type === "volume" ? (mounted.Name ?? "") : mounted.Source,
        target: mounted.Destination,
        readOnly: !mounted.RW,
      }),
    )
    .sort();
}

function environmentOf(container: InspectedContainer, names: readonly string[]): Record<string, string> {
  const wanted = new Set(names);
  const entries = (container.Config.Env ?? []).map((line) => {
    const at = line.indexOf("=");
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries.filter(([name]) => wanted.has(name)));
}

function ownerLabelsOf(labels: Record<string, string>): OwnerLabels {
  return {
    "groundwork.host": labels["groundwork.host"] ?? "",
    "groundwork.stack": labels["groundwork.stack"] ?? "",
    "groundwork.id": labels["groundwork.id"] ?? "",
  };
}
