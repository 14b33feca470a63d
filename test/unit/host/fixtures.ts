/** Ledger entries and promises to vary in tests. */
import type { PortWish } from "../../../settings/instance-spec";
import type { InstancePromise } from "../../../settings/instance-promise";
import type { LedgerEntry, LedgerPort } from "../../../host/promises";

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
    ...over,
  };
}

export function entry(stack: string, id: string, over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...promise(id),
    projectDirectory: `/home/a/${id}`,
    stack,
    leaving: false,
    backendId: undefined,
    intent: undefined,
    ports: [],
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...over,
  };
}

export function wish(host: PortWish["host"], inside = 80, over: Partial<PortWish> = {}): PortWish {
  return { host, inside, protocol: "tcp", address: "127.0.0.1", ...over };
}

export function leased(host: number, inside = 80, over: Partial<LedgerPort> = {}): LedgerPort {
  return { host, inside, protocol: "tcp", address: "127.0.0.1", automatic: true, ...over };
}
