/** A record of the audit, for tests that look at what becomes of one. */

import type { AuditRecord } from "../../../delivery/audit/record";

/** One whose every field is told. @param more what of it is another */
export function auditRecord(id: string, more: Partial<AuditRecord> = {}): AuditRecord {
  return {
    id,
    at: "2026-11-30T12:00:00.000Z",
    source: "delivery",
    stack: "prod",
    environment: "platform",
    actor: "ada",
    action: "apply",
    resource: "Stack/prod",
    commit: "1a2b3c4",
    outcome: "succeeded",
    ...more,
  };
}
