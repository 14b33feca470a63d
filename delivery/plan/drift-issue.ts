/** What is told of drift: on the terminal, and in the one issue of a stack. Pure. */

import { driftText } from "../changes/change-text";
import type { ResourceDrift } from "../changes/changes";
import { code, counted } from "../changes/markdown";
import type { RunFacts } from "../context";
import { bodyCharacters } from "../github/comments";
import type { IssueKey } from "../github/issues";

/** How the issue of a stack's drift is found. */
export function driftIssue(stack: string): IssueKey {
  return { label: "drift", marker: `<!-- groundwork drift ${stack} -->` };
}

/** The title of the issue. */
export function driftTitle(stack: string): string {
  return `Drift in ${stack}: what is real is not as promised`;
}

/** The drift and how it is repaired, within what an issue holds. */
export function driftMessage(stack: string, drift: readonly ResourceDrift[], run: RunFacts, at: Date): string {
  const head = `**${counted(drift.length, "resource")} of ${code(stack)}** ${drift.length === 1 ? "is" : "are"} not as promised.`;
  const from = run.runUrl === undefined ? "" : ` by [this run](${run.runUrl})`;
  const seen = `Seen at ${at.toISOString().slice(0, 16)}Z at commit ${code(run.commit.slice(0, 12))}${from}. The state was not written.`;
  const whole = (table: string) => [head, table, repairText(stack), seen].join("\n\n");
  const room = bodyCharacters - driftIssue(stack).marker.length - whole("").length - 1;
  return whole(tableWithin(drift, room));
}

/** The comment of the issue that is closed. */
export function driftGoneText(stack: string, run: RunFacts, at: Date): string {
  const from = run.runUrl === undefined ? "" : ` by [this run](${run.runUrl})`;
  return `What is real in ${code(stack)} is as promised again; seen at ${at.toISOString().slice(0, 16)}Z${from}.`;
}

function repairText(stack: string): string {
  return [
    "To make it as promised again, plan that and apply it:",
    `\`\`\`sh\nbin/delivery preview -s ${stack} --out plan\nbin/delivery apply -s ${stack} --plan plan\n\`\`\``,
    "To keep it as it is, change what the program promises; then the next check finds no drift.",
  ].join("\n\n");
}

/** As many resources as there is room for; the others are counted. */
function tableWithin(drift: readonly ResourceDrift[], room: number): string {
  for (let count = drift.length; count > 0; count = Math.floor(count * 0.9)) {
    const left = drift.length - count;
    const rest =
      left === 0 ? "" : `\n\n… and ${counted(left, "more resource")}: \`bin/delivery drift\` shows them all.`;
    const text = `${driftText(drift.slice(0, count))}${rest}`;
    if (text.length <= room) return text;
  }
  return `${counted(drift.length, "resource")}: \`bin/delivery drift\` shows them.`;
}
