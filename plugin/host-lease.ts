/**
 * `groundwork:index:HostLease`: what one host promises to one stack.
 *
 * Check and preview compare and write nothing; create and update take memory, ports and subnets of the whole
 * stack in one transaction of the ledger; delete gives them back.
 */

import * as z from "zod";
import { hostCapacity } from "../host/capacity";
import { hostNetworks } from "../host/host-networks";
import type { Ledger } from "../host/ledger";
import { probePorts } from "../host/ports";
import type { HostView, LedgerEntry, LedgerPort } from "../host/promises";
import { refusalError } from "../host/refusals";
import { canonicalJson } from "../settings/canonical-json";
import { GroundworkError } from "../settings/errors";
import { unknownValue } from "../settings/instance-properties";
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
  power: z.enum(["running", "stopped"]),
  ports: z.array(portWish),
});

const inputsSchema = z.object({
  host: z.string(),
  stack: z.string(),
  settings: z.object({ memoryMiB: z.number().optional(), reserveMiB: z.number().optional() }),
  instances: z.array(promise),
});

type Inputs = z.infer<typeof inputsSchema>;

/** What the lease is made with. */
export interface HostLeaseOptions {
  /** This host's identity. */
  readonly host: string;
  /** Opens the ledger; each operation closes it again. */
  readonly openLedger: () => Ledger;
  /** The subnets that a backend's networks have already, CIDR. */
  readonly subnets: (backend: Backend) => Promise<readonly string[]>;
  /** Told of every error behind a failed check. */
  readonly onRefusal: (error: GroundworkError) => void;
}

/** The resource `HostLease`. */
export class HostLease implements Resource {
  constructor(private readonly options: HostLeaseOptions) {}

  async check(inputs: PropertyMap): Promise<CheckResult> {
    const { stack, instances, settings, host } = inputsSchema.parse(inputs);
    if (host !== this.options.host) return this.refuse(inputs, otherHost(host, this.options.host));
    using ledger = this.options.openLedger();
    const [first, ...others] = await ledger.check(stack, instances, this.viewOf(settings));
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

  /** A promise that the ledger no longer knows in full (a lost ledger) is drift: the next update takes it again. */
  read(id: string, state: PropertyMap, inputs: PropertyMap): Promise<ResourceState> {
    const { stack, instances } = inputsSchema.parse(inputs);
    using ledger = this.options.openLedger();
    const held = ledger.entries({ stack }).filter((entry) => !entry.leaving);
    const promised = instances.every((instance) => held.some((entry) => isPromiseOf(instance, entry, state)));
    return Promise.resolve({ id, outputs: { ...state, promised } });
  }

  update(_id: string, _state: PropertyMap, inputs: PropertyMap, preview: boolean): Promise<PropertyMap> {
    return this.promise(inputs, preview);
  }

  delete(id: string): Promise<void> {
    using ledger = this.options.openLedger();
    ledger.release(id);
    return Promise.resolve();
  }

  private async promise(inputs: PropertyMap, preview: boolean): Promise<PropertyMap> {
    const { stack, instances, settings } = inputsSchema.parse(inputs);
    using ledger = this.options.openLedger();
    const plan = preview ? ledger.plan(stack, instances) : await ledger.lease(stack, instances, this.viewOf(settings));
    const ports = [...plan.ports].map(([id, leased]) => [id, portsOutput(leased)] as const);
    const subnets = instances.map(({ backend }) => [backend, plan.subnets.get(backend) ?? unknownValue] as const);
    return { ...inputs, promised: true, ports: Object.fromEntries(ports), subnets: Object.fromEntries(subnets) };
  }

  private viewOf(settings: Inputs["settings"]): HostView {
    const networks = async (backend: Backend) => [...hostNetworks(), ...(await this.options.subnets(backend))];
    return { capacity: hostCapacity(settings), probe: probePorts, networks };
  }
}

/** Whether the ledger holds for the instance what it asks for, and the subnet that was given out. */
function isPromiseOf(instance: Inputs["instances"][number], entry: LedgerEntry, state: PropertyMap): boolean {
  const told = ["id", "name", "backend", "memoryMiB", "power"] as const;
  const subnets = state["subnets"] as Readonly<Record<string, string>> | undefined;
  const isInSubnet = entry.subnet !== undefined && entry.subnet === subnets?.[entry.backend];
  return isInSubnet && told.every((name) => instance[name] === entry[name]);
}

/** The ports of one instance; unknown as long as one of them is still to be chosen. */
function portsOutput(ports: readonly (LedgerPort | undefined)[]): readonly LeasedPort[] | typeof unknownValue {
  const known = ports.filter((port) => port !== undefined);
  if (known.length < ports.length) return unknownValue;
  return known.map(({ address, host, inside, protocol }) => ({ address, host, inside, protocol }));
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
