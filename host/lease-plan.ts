/** What a stack would get, and what must be learnt of this host before it can be given. */
import type { InstancePromise } from "../settings/instance-promise";
import type { Backend } from "../settings/instance-spec";
import { assignPorts } from "./leases";
import { assignAddresses } from "./own-addresses";
import { hostPortKey } from "./promises";
import type { AddressUses, HostPort, HostView, LeasePlan, LedgerEntry, PortUse, PortUses } from "./promises";
import { assignSubnets, type NetworksByBackend } from "./subnets";

/** What was learnt of this host so far. It takes time, so it is done outside the ledger's transaction. */
export interface Findings {
  readonly uses: PortUses;
  readonly networks: NetworksByBackend;
  readonly addressUses: AddressUses;
}

/** Nothing was looked at yet. */
export const nothingFound: Findings = { uses: new Map(), networks: new Map(), addressUses: new Map() };

/** What a plan counts on without knowing it. */
export interface Missing {
  /** Ports that nobody has looked at. */
  readonly ports: readonly HostPort[];
  /** Backends whose networks are not known. */
  readonly backends: readonly Backend[];
  /** Addresses that nobody has looked at. */
  readonly addresses: readonly string[];
}

/** A plan that holds as it is, unless something is missing. */
export interface OpenPlan extends LeasePlan {
  readonly missing: Missing | undefined;
}

/** Around a plan: the host, what is known of it, and where searches begin. */
export interface Surroundings {
  readonly host: Pick<HostView, "running" | "remembered">;
  readonly findings: Findings;
  readonly seed: number;
}

/** Chooses ports, subnets and addresses. Pure. */
export function planLease(
  entries: readonly LedgerEntry[],
  stack: string,
  promises: readonly InstancePromise[],
  { host, findings, seed }: Surroundings,
): OpenPlan {
  const { remembered } = host;
  const ours = new Set(host.running.flatMap((object) => object.ports));
  const { ports, unprobed } = assignPorts(entries, stack, promises, { uses: findings.uses, ours, seed, remembered });
  const { networks, addressUses } = findings;
  const { subnets, unknown } = assignSubnets(entries, stack, promises, { networks, seed, remembered });
  const given = assignAddresses(entries, stack, promises, { uses: addressUses, seed, remembered });
  const missing = { ports: unprobed, backends: unknown, addresses: given.unprobed };
  const isComplete = Object.values(missing).every((list) => list.length === 0);
  return { ports, subnets, addresses: given.addresses, missing: isComplete ? undefined : missing };
}

/** Looks at what is missing, and adds it to what was found. */
export async function learn(findings: Findings, missing: Missing, host: HostView): Promise<Findings> {
  const found = missing.ports.length === 0 ? [] : await host.probe(missing.ports);
  // A port the probe says nothing about counts as unknown; without that the same question would be asked for ever.
  const silent = missing.ports.map((port): [string, PortUse] => [hostPortKey(port), { state: "unknown" }]);
  const networks = missing.backends.map(async (backend) => [backend, await host.networks(backend)] as const);
  const addressUses = missing.addresses.length === 0 ? [] : await host.probeAddresses(missing.addresses);
  const unseen = missing.addresses.map((address) => [address, { state: "free" }] as const);
  return {
    uses: new Map([...findings.uses, ...silent, ...found]),
    networks: new Map([...findings.networks, ...(await Promise.all(networks))]),
    addressUses: new Map([...findings.addressUses, ...unseen, ...addressUses]),
  };
}
