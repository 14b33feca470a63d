/** The words of the ledger: what a stack asks for, and what the ledger holds. */
import type { ErrorCode } from "../settings/errors";
import type { ActiveObject, DiskSpace, OwnAddress, OwnedPort } from "../settings/instance-objects";
import type { InstancePromise } from "../settings/instance-promise";
import type { Backend, Power, Protocol } from "../settings/instance-spec";
import type { HostCapacity } from "./capacity";
import type { ProcessIdentity } from "./processes";

/** Which instance of this host is meant. The backend is part of it: one id may move from one backend to another. */
export interface InstanceKey {
  readonly stack: string;
  readonly id: string;
  readonly backend: Backend;
}

/** What a process is about to do to an instance. */
export type IntentKind = "creating" | "changing" | "starting" | "stopping" | "removing";

/** An intent as the ledger holds it. */
export interface Intent {
  readonly kind: IntentKind;
  readonly holder: ProcessIdentity;
  /** The process that held it is gone: what it began may be half done. */
  readonly stale: boolean;
}

/** One instance as the ledger holds it. */
export interface LedgerEntry extends InstanceKey {
  readonly name: string;
  readonly projectDirectory: string | undefined;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The size of a virtual machine's disk; 0 for a container. */
  readonly diskGiB: number;
  readonly power: Power;
  /**
   * Its stack no longer promises it, but its object at the backend may still be there. It holds what it was promised
   * against other stacks, not against its own, until the object is forgotten.
   */
  readonly leaving: boolean;
  /** The id the backend gave to the object; undefined while there is none. */
  readonly backendId: string | undefined;
  /** The digest of the playbook that was applied to that object last, to its end; undefined where none was. */
  readonly playbook: string | undefined;
  readonly intent: Intent | undefined;
  /** The subnet of its stack's network at its backend, CIDR; undefined until the stack's next lease where an older ledger had none. */
  readonly subnet: string | undefined;
  /** In the order of the protocol and the host's port. */
  readonly ports: readonly OwnedPort[];
  /** Its own address on a bridge; undefined where it asked for none. */
  readonly address: OwnAddress | undefined;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** A port of this host. */
export interface HostPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** The address that it will be bound to. */
  readonly address: string;
}

/** A process outside Groundwork that has a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

/** What looking at a port of this host told. */
export interface PortUse {
  /** `unknown`: this user may not try (ports below 1024); the backend will find out. */
  readonly state: "free" | "taken" | "unknown";
  /** Who has it, where that can be seen. */
  readonly holder?: PortHolder;
}

/** What was learnt about ports, by {@link hostPortKey}. */
export type PortUses = ReadonlyMap<string, PortUse>;

/** Looks at ports of this host. `probePorts` is the real one. */
type PortProbe = (ports: readonly HostPort[]) => Promise<PortUses>;

/** What looking for a machine that has an address told. */
export interface AddressUse {
  readonly state: "free" | "taken";
  /** What is said of one that is taken: "answered by …". */
  readonly holder?: string;
}

/** What was learnt about addresses. */
export type AddressUses = ReadonlyMap<string, AddressUse>;

/** Looks for machines that have these addresses. `probeAddresses` is the real one. */
export type AddressProbe = (addresses: readonly string[]) => Promise<AddressUses>;

/** This host, as the ledger asks about it. */
export interface HostView {
  readonly capacity: HostCapacity;
  readonly probe: PortProbe;
  readonly probeAddresses: AddressProbe;
  /** The networks, CIDR, that this host and a backend have already: no subnet may overlap one. Asked when one is chosen. */
  readonly networks: (backend: Backend) => Promise<readonly string[]>;
  /** The stack's objects that run now, by the backends' word. What they hold is the stack's own. */
  readonly running: readonly ActiveObject[];
  /** Where the disks of the stack's virtual machines are. @default it has none */
  readonly disk?: DiskSpace | undefined;
  /** What the stack was given by its own record; counts where the ledger knows nothing. @default nothing */
  readonly remembered?: RememberedLease | undefined;
}

/** A lease as a stack's state has it. */
export interface RememberedLease {
  /** The automatic ports of each instance, by its id. */
  readonly ports: ReadonlyMap<string, readonly OwnedPort[]>;
  readonly subnets: Subnets;
  /** The automatic address of each instance that has one, by its id. */
  readonly addresses: ReadonlyMap<string, OwnAddress>;
}

/** The address of each instance that asks for one, by its id; undefined where there is none to give. */
export type AddressesById = ReadonlyMap<string, OwnAddress | undefined>;

/** The ports of each instance by its id, in the order of its wishes; undefined where there is none to give. */
export type PortsById = ReadonlyMap<string, readonly (OwnedPort | undefined)[]>;

/** The subnet of a stack's network at each of its backends, CIDR. */
export type Subnets = ReadonlyMap<Backend, string>;

/** What a stack was given. */
export interface Lease {
  /** The ports of each instance by its id, in the order of its wishes. */
  readonly ports: ReadonlyMap<string, readonly OwnedPort[]>;
  readonly subnets: Subnets;
  /** The address of each instance that asks for one, by its id. */
  readonly addresses: ReadonlyMap<string, OwnAddress>;
}

/** What a stack would be given, as far as that is known before anything is leased. */
export interface LeasePlan {
  readonly ports: PortsById;
  readonly subnets: Subnets;
  readonly addresses: AddressesById;
}

/** What a stack asks for, and all that it is compared with. */
export interface LeaseRequest {
  readonly entries: readonly LedgerEntry[];
  readonly stack: string;
  readonly promises: readonly InstancePromise[];
  readonly host: Pick<HostView, "capacity" | "running" | "disk">;
  readonly uses: PortUses;
  /** The ports that the wishes would get. */
  readonly ports: PortsById;
  /** The subnets that its backends would get. */
  readonly subnets: Subnets;
  readonly addressUses: AddressUses;
  /** The addresses that its instances would get. */
  readonly addresses: AddressesById;
}

/** One reason why a stack cannot have what it asks for. */
export interface Refusal {
  readonly code: Extract<ErrorCode, "INFRA_EXISTS" | "INSUFFICIENT_RESOURCES" | "PORT_CONFLICT">;
  /** One sentence: who wants what, who has it. */
  readonly message: string;
  /** Facts for programs: numbers and holders. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What would mend it, where that is known better than the code's own hint. */
  readonly suggestion?: string;
}

/** `tcp/8080`: what the ledger leases only once, whatever the address. */
export function portKey(port: { readonly protocol: Protocol; readonly port: number }): string {
  return `${port.protocol}/${port.port}`;
}

/** `tcp/8080 127.0.0.1`: what a probe looks at. */
export function hostPortKey(port: HostPort): string {
  return `${portKey(port)} ${port.address}`;
}
