/** One record of the audit: who did what to what, for which commit, and how it ended. Pure. */

import * as z from "zod";
import { auditJob, auditMetadata, auditStreamLabels, type AuditRecord as Scheme } from "../../settings/platform/audit";
import { canonicalJson } from "../../settings/canonical-json";

/** Who tells it: the engine of a resource, a verb of a run, or somebody who approved one. */
const sources = ["engine", "delivery", "approval"] as const;

/** `began` stands alone where a run was killed. */
const outcomes = ["began", "succeeded", "failed", "refused"] as const;

const recordSchema = z.object({
  /** Of this record alone, and made once: what is sent again is told by it. */
  id: z.string(),
  /** When, in UTC, to the millisecond: ISO 8601. */
  at: z.iso.datetime({ precision: 3 }),
  source: z.enum(sources),
  stack: z.string(),
  environment: z.string(),
  actor: z.string(),
  action: z.string(),
  resource: z.string(),
  commit: z.string(),
  outcome: z.enum(outcomes),
  /** What went wrong, or what there is to say. Never a secret. */
  message: z.string().optional(),
});

/** A record, as it is kept and sent. Its labels are those of the platform's other records: settings/platform/audit.ts. */
export type AuditRecord = z.output<typeof recordSchema> & Required<Scheme>;

/** What a verb says of something that happened; all else is known from the run. */
export interface AuditEntry extends Pick<AuditRecord, "source" | "action" | "resource" | "outcome"> {
  readonly message?: string | undefined;
  /** @default who runs it */
  readonly actor?: string;
  /** @default the platform's: it belongs to none */
  readonly environment?: string;
  /** @default what is checked out */
  readonly commit?: string;
}

/** A longer message says no more, and Loki takes no line of more than 256 KB. */
const mostCharacters = 2000;

/** A message as a record holds it. */
export function shortened(message: string): string {
  return message.length <= mostCharacters ? message : `${message.slice(0, mostCharacters)}…`;
}

/** The record as one line: the same one for the same record, whenever it is written. */
export function toLine(record: AuditRecord): string {
  return canonicalJson(record);
}

/** The records of lines. @throws Error for what is none: nobody but us writes them */
export function fromLines(lines: string): readonly AuditRecord[] {
  const written = lines.split("\n").filter((line) => line !== "");
  return written.map((line) => recordSchema.parse(JSON.parse(line)));
}

/** The labels of the stream that the record belongs to. */
export function streamOf(record: AuditRecord): Readonly<Record<string, string>> {
  return { job: auditJob, ...pick(record, auditStreamLabels) };
}

/** What of the scheme stands at the line itself. */
export function metadataOf(record: AuditRecord): Readonly<Record<string, string>> {
  return pick(record, auditMetadata);
}

function pick(record: AuditRecord, names: readonly (keyof Scheme)[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}
