/** `bin/delivery audit`: sends what was kept of the audit, and shows it. */

import { listKept } from "../audit/outbox";
import { recorder } from "../audit/recorder";
import { auditTable, flushAndTell } from "../audit/report";
import { parseSince } from "../audit/since";
import type { DeliveryVerb } from "./verb";

interface AuditOptions {
  readonly since?: string;
}

/** The verb. */
export const audit: DeliveryVerb<AuditOptions> = {
  name: "audit",
  summary: "send what was kept of the audit to Loki, and show it",
  declare: (command) => void command.option("--since <time>", "30m, 12h, 7d, or a date such as 2026-11-30", "1d"),
  async run(context, { since = "1d" }) {
    const from = parseSince(since, new Date());
    const report = await flushAndTell(recorder(context), context);
    const records = await listKept(context.storage, context.workspace.stack, from);
    context.show(records.length === 0 ? `Nothing was recorded since ${from.toISOString()}.` : auditTable(records));
    // What stays behind is to be seen in the job too.
    return report.problems.length === 0 ? 0 : 1;
  },
};
