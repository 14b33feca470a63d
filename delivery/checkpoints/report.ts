/** Checkpoints for people. Pure. */

import { markdownTable } from "../table";
import type { Checkpoint } from "./checkpoint";

/** So much of a hash tells it from all others of a repository. */
const shortCharacters = 12;

/** A table of checkpoints, the newest first. */
export function checkpointTable(checkpoints: readonly Checkpoint[]): string {
  const rows = checkpoints
    .toReversed()
    .map((checkpoint) => [
      String(checkpoint.number),
      checkpoint.at.slice(0, "2026-11-30T12:00:00".length).replace("T", " "),
      checkpoint.reason,
      checkpoint.commit.slice(0, shortCharacters),
      (checkpoint.planHash ?? "").slice(0, shortCharacters),
      checkpoint.approvedBy.join(", "),
      checkpoint.actor,
    ]);
  return markdownTable(["Number", "Time (UTC)", "Reason", "Commit", "Plan", "Approved by", "Run by"], rows);
}
