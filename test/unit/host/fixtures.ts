/** Ledger entries and promises to vary in tests. */
import type { OwnedPort } from "../../../settings/instance-objects";
import type { PortWish } from "../../../settings/instance-spec";
import type { InstancePromise } from "../../../settings/instance-promise";
import type { HostView, LedgerEntry } from "../../../host/promises";

/** A host of 16 GiB on which no port is taken, and no network. */
export function hostView(over: Partial<HostView> = {}): HostView {
  return {
    capacity: { totalMiB: 16384, availableMiB: 16384, reserveMiB: 512, cpus: 8 },
    probe: () => Promise.resolve(new Map()),
    probeAddresses: () => Promise.resolve(new Map()),
    networks: () => Promise.resolve([]),
    running: [],
    ...over,
  };
}

export function promise(id: string, over: Partial<InstancePromise> = {}): InstancePromise {
  return {
    id,
    name: id,
    backend: "podman",
    projectDirectory: `/home/a/${id}`,
    memoryMiB: 2048,
    cpus: 2,
    power: "running",
    ports: [],
    networkMode: "default",
    ...over,
  };
}

export function entry(stack: string, id: string, over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...promise(id),
    diskGiB: 0,
    projectDirectory: `/home/a/${id}`,
    stack,
    leaving: false,
    backendId: undefined,
    playbook: undefined,
    intent: undefined,
    subnet: undefined,
    ports: [],
    address: undefined,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...over,
  };
}

export function wish(host: PortWish["host"], inside = 80, over: Partial<PortWish> = {}): PortWish {
  return { host, inside, protocol: "tcp", address: "127.0.0.1", ...over };
}

export function leased(host: number, inside = 80, over: Partial<OwnedPort> = {}): OwnedPort {
  return { host, inside, protocol: "tcp", address: "127.0.0.1", automatic: true, ...over };
}
