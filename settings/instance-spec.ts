/**
 * What an instance is, in one vocabulary for every backend. `.env` files and stack config are
 * parsed into this; drivers read it. Units stand in the names.
 */

import type { Provisioning } from "./provisioning";

/** What kind of machine an instance is. */
export type InstanceType = "container" | "vm";

/** The programs that can run an instance, by its type; `PROVIDER` in an `.env`. The first is the default. */
export const backendsOf = {
  container: ["podman", "docker"],
  vm: ["libvirt", "virtualbox"],
} as const satisfies Record<InstanceType, readonly string[]>;

/** All of {@link backendsOf}. */
export const backends = [...backendsOf.container, ...backendsOf.vm] as const;

/** One of {@link backends}. */
export type Backend = (typeof backends)[number];

/** A backend that runs containers. */
export type ContainerBackend = (typeof backendsOf.container)[number];

/** A backend that runs virtual machines. */
export type MachineBackend = (typeof backendsOf.vm)[number];

/** What a backend runs. */
export function typeOf(backend: Backend): InstanceType {
  return isContainerBackend(backend) ? "container" : "vm";
}

/** Whether a backend runs containers. */
export function isContainerBackend(backend: Backend): backend is ContainerBackend {
  return backendsOf.container.some((one) => one === backend);
}

/** How an instance meets the network: on its stack's own, or on a bridge of the host. */
export type NetworkMode = "default" | "bridge";

/** Who logs in to a virtual machine. */
export interface Login {
  readonly user: string;
  /** The private key, an absolute path. @default a key pair that is made for the instance */
  readonly keyFile?: string | undefined;
}

/** Whether the instance is meant to run. A stopped instance keeps its ports and gives its memory back. */
export type Power = "running" | "stopped";

/** The transport of a port. */
export type Protocol = "tcp" | "udp";

/** A port that the user asks for. */
export interface PortWish {
  /** The host's port, or `auto`: leased from 8100 to 8900 and kept until the instance is removed. */
  readonly host: number | "auto";
  /** The port inside the instance. */
  readonly inside: number;
  readonly protocol: Protocol;
  /** The host's address that it is bound to. @default 127.0.0.1 */
  readonly address: string;
}

/** A port that the ledger has leased. */
export interface LeasedPort extends PortWish {
  readonly host: number;
}

/** A directory or named volume that the instance sees. */
export interface VolumeMount {
  /** An absolute path on the host, or the name of a volume of the backend. */
  readonly source: string;
  /** An absolute path inside the instance. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** One instance, complete: every default is filled in. */
export interface InstanceSpec {
  /** A host name (RFC 1123 label), unique in its stack. */
  readonly id: string;
  /** The name at the backend: the id and, unless the user set INFRA_ID, a short hash of where it belongs. */
  readonly name: string;
  readonly type: InstanceType;
  readonly backend: Backend;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The container's image, or the virtual machine's box. */
  readonly image: string;
  /** The size of a virtual machine's disk. @default none: a container has no disk of its own */
  readonly diskGiB?: number | undefined;
  /** Who logs in to a virtual machine. @default none: a container is entered without a login */
  readonly login?: Login | undefined;
  /** The program and its arguments; empty means the image's own. */
  readonly command: readonly string[];
  readonly ports: readonly PortWish[];
  readonly volumes: readonly VolumeMount[];
  /** Variables set inside the instance. Secret: never on a command line, in a log or in a message. */
  readonly environment: Readonly<Record<string, string>>;
  /** What sets up the inside when it runs. @default nothing */
  readonly provisioning?: Provisioning | undefined;
  readonly power: Power;
  readonly networkMode: NetworkMode;
  /** Its own address on a bridge. @default one is chosen where it is on a bridge */
  readonly ipAddress?: string | undefined;
}

/** `127.0.0.1:8100:80/tcp`, the one spelling of a leased port in state, diffs and drift. */
export function formatPort(port: PortWish): string {
  const address = port.address.includes(":") ? `[${port.address}]` : port.address;
  return `${address}:${String(port.host)}:${String(port.inside)}/${port.protocol}`;
}

/** `tcp/8100`: the host's port in the spelling of {@link formatPort}, whatever its address. */
export function hostPortOf(text: string): string {
  const [, port = "", protocol = ""] = /:(\d+):\d+\/(\w+)$/.exec(text) ?? [];
  return `${protocol}/${port}`;
}

/** `/srv/site:/srv:ro`, the one spelling of a mount in state, diffs and drift. */
export function formatVolume(volume: VolumeMount): string {
  return `${volume.source}:${volume.target}:${volume.readOnly ? "ro" : "rw"}`;
}
