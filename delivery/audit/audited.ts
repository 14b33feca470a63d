/** An act in the audit: its beginning and its end, however it ends. */

import { textOf } from "../../settings/errors";
import type { AuditEntry } from "./record";
import type { Recorder } from "./recorder";

/** What is done, and to what. */
export type AuditedAct = Omit<AuditEntry, "outcome" | "message">;

/**
 * Does it, with a record before and one after.
 *
 * @param message of the record before. @default there is nothing to say
 * @throws what the work throws, and the store's error where nothing can be recorded
 */
export async function audited(
  { record }: Pick<Recorder, "record">,
  act: AuditedAct,
  work: () => Promise<void>,
  message?: string,
): Promise<void> {
  await record({ ...act, outcome: "began", message });
  try {
    await work();
    await record({ ...act, outcome: "succeeded" });
  } catch (error) {
    await record({ ...act, outcome: "failed", message: textOf(error) });
    throw error;
  }
}
