/** A row of the ledger as an entry. */
import type { SQLOutputValue } from "node:sqlite";
import type { OwnAddress, OwnedPort } from "../settings/instance-objects";
import type { Backend, Power } from "../settings/instance-spec";
import { isRunning } from "./processes";
import type { Intent, IntentKind, LedgerEntry } from "./promises";

type Row = Record<string, SQLOutputValue>;

/** Reads a row of `statements.entries`. The table's constraints vouch for its types. */
export function toEntry(row: Row): LedgerEntry {
  return {
    stack: row["stack"] as string,
    id: row["id"] as string,
    backend: row["backend"] as Backend,
    name: row["name"] as string,
    projectDirectory: (row["project_directory"] as string | null) ?? undefined,
    memoryMiB: row["memory_mib"] as number,
    cpus: row["cpus"] as number,
    diskGiB: row["disk_gib"] as number,
    power: row["power"] as Power,
    leaving: row["leaving"] === 1,
    backendId: (row["backend_id"] as string | null) ?? undefined,
    playbook:
      row["playbook_object"] === row["backend_id"] ? ((row["playbook"] as string | null) ?? undefined) : undefined,
    intent: toIntent(row),
    subnet: (row["subnet"] as string | null) ?? undefined,
    ports: JSON.parse(row["ports"] as string) as OwnedPort[],
    address: toAddress(row),
    createdAt: row["created_at"] as string,
    updatedAt: row["updated_at"] as string,
  };
}

function toAddress(row: Row): OwnAddress | undefined {
  if (row["address"] === null) return undefined;
  return { address: row["address"] as string, automatic: row["address_automatic"] === 1 };
}

function toIntent(row: Row): Intent | undefined {
  if (row["intent"] === null) {
    return undefined;
  }
  const holder = { pid: row["intent_pid"] as number, started: row["intent_started"] as string };
  return { kind: row["intent"] as IntentKind, holder, stale: !isRunning(holder) };
}
