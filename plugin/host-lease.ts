/**
 * `groundwork:index:HostLease`: what one host promises to one stack.
 *
 * Check and preview compare and write nothing; create and update take memory, disks, ports and subnets of the whole
 * stack in one transaction of the ledger; delete gives them back.
 */

import * as z from "zod";
import { capacityElsewhere, hostCapacity } from "../host/capacity";
import { probeAddresses } from "../host/address-probe";
import { hostNetworks } from "../host/host-networks";
import type { Ledger } from "../host/ledger";
import { probePorts } from "../host/ports";
import type { AddressesById, HostView, LedgerEntry, PortsById, RememberedLease } from "../host/promises";
import { refusalError } from "../host/refusals";
import { canonicalJson } from "../settings/canonical-json";
import { GroundworkError } from "../settings/errors";
import type { ActiveObject, DiskSpace, OwnAddress, OwnedPort } from "../settings/instance-objects";
import { unknownValue, type InstanceIdentity } from "../settings/instance-properties";
import { backends, type Backend, type LeasedPort } from "../settings/instance-spec";
import type { CheckResult, Diff, PropertyMap, Resource, ResourceState } from "./resource";

const portWish = z.object({
  host: z.union([z.number(), z.literal("auto")]),
  inside: z.number(),
  protocol: z.enum(["tcp", "udp"]),
  address: z.string(),
});

const promise = z.object({
  id: z.string(),
  name: z.string(),
  backend: z.enum(backends),
  projectDirectory: z.string().optional(),
  memoryMiB: z.number(),
  cpus: z.number(),
  diskGiB: z.number().optional(),
  power: z.enum(["running", "stopped"]),
  ports: z.array(portWish),
  networkMode: z.enum(["default", "bridge"]).default("default"),
  ipAddress: z.string().optional(),
});

const inputsSchema = z.object({
  host: z.string(),
  stack: z.string(),
  settings: z.object({ memoryMiB: z.number().optional(), reserveMiB: z.number().optional() }),
  instances: z.array(promise),
});

/** What a create or an update answered, as the state keeps it. */
const stateSchema = z.object({
  instances: z.array(promise),
  ports: z.record(z.string(), z.array(portWish.extend({ host: z.number() }))),
  subnets: z.record(z.string(), z.string()),
  addresses: z.record(z.string(), z.string()).default({}),
});

type Inputs = z.infer<typeof inputsSchema>;

/** What the lease is made with. */
export interface HostLeaseOptions {
  /** This host's identity. */
  readonly host: string;
  /** Opens the ledger; each operation closes it again. */
  readonly openLedger: () => Ledger | Promise<Ledger>;
  /** The objects with processes that a stack has on one backend; these instances are looked for in any case. */
  readonly running: (
    of: { readonly stack: string; readonly backend: Backend },
    identities: readonly InstanceIdentity[],
  ) => Promise<readonly ActiveObject[]>;
  /** What the machine has that a backend's instances run on; undefined where that is this host. */
  readonly elsewhere: (backend: Backend) => Promise<{ readonly totalBytes: number; readonly cpus: number } | undefined>;
  /** The file system that holds the disks of a backend's instances; undefined where they have none. */
  readonly diskSpace: (backend: Backend) => Promise<DiskSpace | undefined>;
  /** The subnets that a backend's networks have already, CIDR. */
  readonly subnets: (backend: Backend) => Promise<readonly string[]>;
  /** Told of every error behind a failed check. */
  readonly onRefusal: (error: GroundworkError) => void;
}

/** The resource `HostLease`. */
export class HostLease implements Resource {
  constructor(private readonly options: HostLeaseOptions) {}

  async check(inputs: PropertyMap): Promise<CheckResult> {
    const { stack, instances, host } = inputsSchema.parse(inputs);
    if (host !== this.options.host) return this.refuse(inputs, otherHost(host, this.options.host));
    using ledger = await this.options.openLedger();
    const [first, ...others] = await ledger.check(stack, instances, await this.viewOf(inputs));
    return first === undefined ? { inputs, failures: [] } : this.refuse(inputs, refusalError([first, ...others]));
  }

  private refuse(inputs: PropertyMap, error: GroundworkError): CheckResult {
    this.options.onRefusal(error);
    return { inputs, failures: [{ property: "", reason: error.toText() }] };
  }

  diff(state: PropertyMap, inputs: PropertyMap): Promise<Diff> {
    const { host, stack } = inputsSchema.parse(inputs);
    if (state["host"] !== host || state["stack"] !== stack) return Promise.resolve({ host: "replace" });
    const changed = ["settings", "instances"].filter(
      (name) => canonicalJson(state[name]) !== canonicalJson(inputs[name]),
    );
    const lost = state["promised"] === false ? ["promised"] : [];
    return Promise.resolve(Object.fromEntries([...changed, ...lost].map((name) => [name, "update" as const])));
  }

  async create(inputs: PropertyMap, preview: boolean): Promise<ResourceState> {
    const { stack } = inputsSchema.parse(inputs);
    return { id: preview ? "" : stack, outputs: await this.promise(inputs, preview) };
  }

  /**
   * A promise that the ledger no longer knows in full (a lost ledger), or an automatic port that somebody else took
   * while the instance stood still, is drift: the next update takes it again, or another. So with an address.
   */
  async read(id: string, state: PropertyMap, inputs: PropertyMap): Promise<ResourceState> {
    const { stack, instances } = inputsSchema.parse(inputs);
    using ledger = await this.options.openLedger();
    const held = ledger.entries({ stack }).filter((entry) => !entry.leaving);
    const isHeld = instances.every((instance) => held.some((entry) => isPromiseOf(instance, entry, state)));
    const promised = isHeld && (await this.canKeep(ledger, state, inputs));
    return { id, outputs: { ...state, promised } };
  }

  /** Whether a lease of now would give the ports and addresses that were given. */
  private async canKeep(ledger: Ledger, state: PropertyMap, inputs: PropertyMap): Promise<boolean> {
    const { stack, instances } = inputsSchema.parse(inputs);
    const { ports, addresses } = await ledger.plan(stack, instances, await this.viewOf(inputs));
    const now = { ports: portsOutputs(ports), addresses: addressesOutputs(addresses) };
    return canonicalJson(now) === canonicalJson({ ports: state["ports"], addresses: state["addresses"] ?? {} });
  }

  update(_id: string, state: PropertyMap, inputs: PropertyMap, preview: boolean): Promise<PropertyMap> {
    return this.promise(inputs, preview, state);
  }

  async delete(id: string): Promise<void> {
    using ledger = await this.options.openLedger();
    ledger.release(id);
  }

  private async promise(inputs: PropertyMap, preview: boolean, state: PropertyMap = {}): Promise<PropertyMap> {
    const { stack, instances } = inputsSchema.parse(inputs);
    const view = { ...(await this.viewOf(inputs)), remembered: rememberedLease(state) };
    using ledger = await this.options.openLedger();
    const plan = await (preview ? ledger.plan(stack, instances, view) : ledger.lease(stack, instances, view));
    const subnets = instances.map(({ backend }) => [backend, plan.subnets.get(backend) ?? unknownValue] as const);
    return {
      ...inputs,
      promised: true,
      ports: portsOutputs(plan.ports),
      subnets: Object.fromEntries(subnets),
      addresses: addressesOutputs(plan.addresses),
    };
  }

  private async viewOf(inputs: PropertyMap): Promise<HostView> {
    const { host, stack, instances, settings } = inputsSchema.parse(inputs);
    const networks = async (backend: Backend) => [...hostNetworks(), ...(await this.options.subnets(backend))];
    const identities = instances.map(({ id, name, backend }) => ({ host, stack, id, name, backend }));
    const backends = [...new Set(instances.map(({ backend }) => backend))];
    const running = backends.map((backend) =>
      this.options.running(
        { stack, backend },
        identities.filter((identity) => identity.backend === backend),
      ),
    );
    // All backends of a host are taken to run on one machine: its own, or the one that the first of them tells.
    const machine = backends[0] === undefined ? undefined : await this.options.elsewhere(backends[0]);
    return {
      capacity: machine === undefined ? hostCapacity(settings) : capacityElsewhere(machine, settings),
      probe: probePorts,
      probeAddresses,
      networks,
      running: (await Promise.all(running)).flat(),
      disk: (await Promise.all(backends.map((backend) => this.options.diskSpace(backend)))).find(
        (space) => space !== undefined,
      ),
    };
  }
}

/** What the state says that was given: where the ledger was lost, it is the only one that knows. */
function rememberedLease(state: PropertyMap): RememberedLease | undefined {
  const known = stateSchema.safeParse(state).data;
  if (known === undefined) return undefined;
  const portsOf = ({ id, ports: wishes }: Inputs["instances"][number]): OwnedPort[] =>
    wishes.flatMap((wish, at) => {
      const port = known.ports[id]?.[at];
      return wish.host === "auto" && port !== undefined ? [{ ...port, automatic: true }] : [];
    });
  const addressOf = ({ id, networkMode, ipAddress }: Inputs["instances"][number]): [string, OwnAddress][] => {
    const address = known.addresses[id];
    const isAutomatic = networkMode === "bridge" && ipAddress === undefined;
    return address === undefined || !isAutomatic ? [] : [[id, { address, automatic: true }]];
  };
  return {
    addresses: new Map(known.instances.flatMap(addressOf)),
    ports: new Map(known.instances.map((instance) => [instance.id, portsOf(instance)])),
    subnets: new Map(Object.entries(known.subnets) as [Backend, string][]),
  };
}

/** Whether the ledger holds for the instance what it asks for, and the subnet that was given out. */
function isPromiseOf(instance: Inputs["instances"][number], entry: LedgerEntry, state: PropertyMap): boolean {
  const told = ["id", "name", "backend", "memoryMiB", "power"] as const;
  const subnets = state["subnets"] as Readonly<Record<string, string>> | undefined;
  const isInSubnet = entry.subnet !== undefined && entry.subnet === subnets?.[entry.backend];
  const isInFull = told.every((name) => instance[name] === entry[name]) && (instance.diskGiB ?? 0) === entry.diskGiB;
  return isInSubnet && isInFull;
}

/** The ports of each instance, by its id. */
function portsOutputs(ports: PortsById): Readonly<Record<string, ReturnType<typeof portsOutput>>> {
  return Object.fromEntries([...ports].map(([id, leased]) => [id, portsOutput(leased)] as const));
}

/** The ports of one instance; unknown as long as one of them is still to be chosen. */
function portsOutput(ports: readonly (OwnedPort | undefined)[]): readonly LeasedPort[] | typeof unknownValue {
  const known = ports.filter((port) => port !== undefined);
  if (known.length < ports.length) return unknownValue;
  return known.map(({ address, host, inside, protocol }) => ({ address, host, inside, protocol }));
}

/** The address of each instance that has one, by its id; unknown as long as it is still to be chosen. */
function addressesOutputs(addresses: AddressesById): Readonly<Record<string, string>> {
  return Object.fromEntries([...addresses].map(([id, one]) => [id, one?.address ?? unknownValue] as const));
}

function otherHost(wanted: string, actual: string): GroundworkError {
  return new GroundworkError(
    "PROVIDER_NOT_AVAILABLE",
    `The stack's instances live on host ${wanted}; this is ${actual}`,
    {
      suggestion: "Run the command on the host where they were made.",
    },
  );
}
