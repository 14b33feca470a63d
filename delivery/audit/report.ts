/** The audit for people. */

import { textOf } from "../../settings/errors";
import { markdownTable } from "../table";
import { lokiOf, lokiVariables } from "./loki";
import type { DeliveryContext } from "../context";
import type { KeptRecord, SendReport } from "./outbox";
import type { Recorder } from "./recorder";

/** A table of records, in their order. */
export function auditTable(records: readonly KeptRecord[]): string {
  const rows = records.map((record) => [
    record.at.replace("T", " ").replace(/\.\d+Z$/, ""),
    record.environment,
    record.actor,
    record.action,
    record.resource,
    record.commit.slice(0, 12),
    record.outcome,
    record.isSent ? "yes" : "no",
    record.message ?? "",
  ]);
  return markdownTable(
    ["Time (UTC)", "Environment", "Actor", "Action", "Resource", "Commit", "Outcome", "At Loki", "Message"],
    rows,
  );
}

/** What became of the records that were to be sent; a line each. @param hasLoki whether there is one to send them to */
export function sendingLines({ sent, kept, problems }: SendReport, hasLoki: boolean): readonly string[] {
  const records = (count: number) => (count === 1 ? "1 record" : `${count} records`);
  const [are, them] = kept === 1 ? ["is", "it"] : ["are", "them"];
  const wait = hasLoki
    ? `${kept === 1 ? "waits" : "wait"} for the next run`
    : `${are} kept; there is no Loki to send ${them} to (${lokiVariables.url})`;
  return [
    ...(sent === 0 ? [] : [`Audit: ${records(sent)} ${sent === 1 ? "was" : "were"} sent to Loki.`]),
    ...(kept === 0 ? [] : [`Audit: ${records(kept)} ${wait}.`]),
    ...problems.map((problem) => `Audit: ${problem}.`),
  ];
}

/** Sends what is kept, and tells the run's log what became of it. @throws what `flush` throws */
export async function flushAndTell(
  { flush }: Recorder,
  { say }: Pick<DeliveryContext, "say">,
  env: NodeJS.ProcessEnv = process.env,
): Promise<SendReport> {
  const report = await flush();
  for (const line of sendingLines(report, lokiOf(env) !== undefined)) say(line);
  return report;
}

/** {@link flushAndTell} when a run ends: what cannot be kept or sent must not hide how the run ended. */
export async function flushAtEnd(audit: Recorder, { say }: Pick<DeliveryContext, "say">): Promise<void> {
  await flushAndTell(audit, { say }).catch((error: unknown) => say(`The audit could not be kept: ${textOf(error)}`));
}
