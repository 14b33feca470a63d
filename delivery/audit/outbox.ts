/**
 * Where records are kept: lines of JSON in the store beside the state, a file for each handful, in `unsent` until Loki has
 * them and in `sent` from then on. Without a Loki they stay in `unsent`, and are sent when there is one.
 */

import { auditDays } from "../../settings/platform/audit";
import type { Storage } from "../storage/storage";
import { push, type Loki, type PushOptions } from "./loki";
import { fromLines, toLine, type AuditRecord } from "./record";

/** What a run of {@link sendKept} came to. */
export interface SendReport {
  readonly sent: number;
  /** Records that wait for the next run. */
  readonly kept: number;
  /** What could not be sent, and why; a sentence each. */
  readonly problems: readonly string[];
}

type Box = "unsent" | "sent";

const dayMs = 24 * 3600 * 1000;

function prefixOf(stack: string, box: Box): string {
  return `audit/${stack}/${box}/`;
}

/** Keys sort by time. */
function keyOf({ stack, at, id }: AuditRecord): string {
  return `${prefixOf(stack, "unsent")}${at.slice(0, 10)}/${at.slice(11).replaceAll(":", "-")}-${id}.jsonl`;
}

/** Keeps records of one stack, all of them or none; the same ones again change nothing. */
export async function keep(storage: Storage, records: readonly AuditRecord[]): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  await storage.write(keyOf(first), records.map((record) => `${toLine(record)}\n`).join(""));
}

/**
 * Sends what is kept, the oldest first: Loki takes nothing that is an hour older than what a stream has. Records leave
 * `unsent` after Loki has said that it has them.
 *
 * @param loki undefined: there is none, and all is kept
 */
export async function sendKept(
  storage: Storage,
  stack: string,
  loki: Loki | undefined,
  options: PushOptions = {},
): Promise<SendReport> {
  const unsent = await storage.list(prefixOf(stack, "unsent"));
  const problems: string[] = [];
  let [sent, kept, isReached] = [0, 0, loki !== undefined];
  for (const key of unsent) {
    const content = await storage.read(key);
    // Another run has sent it meanwhile.
    if (content === undefined) continue;
    const records = fromLines(content.toString());
    const outcome = loki === undefined || !isReached ? undefined : await push(loki, records, options);
    if (outcome?.result === "sent") {
      await storage.write(key.replace(prefixOf(stack, "unsent"), prefixOf(stack, "sent")), content);
      await storage.remove(key);
      sent += records.length;
      continue;
    }
    kept += records.length;
    if (outcome === undefined) continue;
    problems.push(outcome.message);
    isReached = outcome.result === "refused";
  }
  return { sent, kept, problems };
}

/** Removes records of days that are over for as long as the audit is kept, sent or not: Loki would take them no more. */
export async function forgetOld(storage: Storage, stack: string, now: Date): Promise<void> {
  const oldest = new Date(now.getTime() - auditDays * dayMs).toISOString().slice(0, 10);
  for (const box of ["unsent", "sent"] as const) {
    const prefix = prefixOf(stack, box);
    const old = (await storage.list(prefix)).filter((key) => key.slice(prefix.length) < oldest);
    for (const key of old) await storage.remove(key);
  }
}

/** A record, and whether Loki has it. */
export type KeptRecord = AuditRecord & { readonly isSent: boolean };

/** All that is kept since then, each once, in the order of time. @param since @default all */
export async function listKept(storage: Storage, stack: string, since = new Date(0)): Promise<readonly KeptRecord[]> {
  const from = since.toISOString();
  // A file has the day of its first record, and may hold some of the next.
  const firstDay = new Date(since.getTime() - dayMs).toISOString().slice(0, 10);
  const found = new Map<string, KeptRecord>();
  for (const box of ["unsent", "sent"] as const) {
    const prefix = prefixOf(stack, box);
    const keys = (await storage.list(prefix)).filter((key) => key.slice(prefix.length) >= firstDay);
    for (const content of await Promise.all(keys.map((key) => storage.read(key)))) {
      // One that another run removes meanwhile is in the other box.
      for (const record of fromLines((content ?? "").toString())) {
        if (record.at >= from) found.set(record.id, { ...record, isSent: box === "sent" });
      }
    }
  }
  return [...found.values()].sort((one, other) => one.at.localeCompare(other.at));
}
