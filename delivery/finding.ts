/** What a look at something that runs came to. */

/** `not tried`: another one failed before, or nobody knows how to try it. */
export type Outcome = "passed" | "failed" | "not tried";

/** One thing that was looked at. */
export interface Finding {
  /** What it is, in a few words. */
  readonly subject: string;
  readonly outcome: Outcome;
  /** What was found, and where it failed what to change. */
  readonly message: string;
}

/** Those that failed. */
export function failuresIn(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ outcome }) => outcome === "failed");
}

/** All of them, those that failed first. */
export function failedFirst(findings: readonly Finding[]): readonly Finding[] {
  return [...failuresIn(findings), ...findings.filter(({ outcome }) => outcome !== "failed")];
}

/** Each in a line, those that failed first. */
export function findingLines(findings: readonly Finding[]): string {
  const lines = failedFirst(findings).map(({ subject, outcome, message }) => `${outcome}: ${subject}: ${message}`);
  return lines.join("\n");
}
