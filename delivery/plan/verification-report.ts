/** What a look at a platform came to, for people: a table of all, and an error of what did not pass. Pure. */

import { GroundworkError, type Violation } from "../../settings/errors";
import { code, table } from "../changes/markdown";
import { failedFirst, failuresIn, type Finding } from "../finding";
import { howToConfigure } from "../smoke/configured";

/** Checks of one kind. */
export interface CheckGroup {
  /** `application`, `probe` or `smoke test`. */
  readonly name: string;
  /** What repeats them by hand. */
  readonly command: string;
  /** None where there is nothing to check. */
  readonly findings: readonly Finding[];
}

/** All findings in one table, those of a kind that failed first. */
export function checksText(stack: string, groups: readonly CheckGroup[], hasSmokeTests: boolean): string {
  const rows = groups.flatMap(({ name, findings }) => failedFirst(findings).map(rowOf(name)));
  const checks = rows.length === 0 ? "There was nothing to check." : table(["Check", "Of", "Outcome", "Found"], rows);
  const none = `No smoke test is configured; to have applications looked at from outside after an apply, ${howToConfigure(stack)}.`;
  return [`### Checks of ${code(stack)}`, checks, ...(hasSmokeTests ? [] : [none])].join("\n\n");
}

function rowOf(name: string) {
  return ({ subject, outcome, message }: Finding): string[] => [
    name,
    code(subject),
    outcome === "failed" ? "**failed**" : outcome,
    code(message),
  ];
}

/** @throws ENGINE_FAILED naming each check that did not pass, and what repeats it */
export function refuseFailed(groups: readonly CheckGroup[]): void {
  const failed = groups.map((group) => ({ ...group, findings: failuresIn(group.findings) }));
  const violations = failed.flatMap(({ name, command, findings }): Violation[] =>
    findings.map(({ subject, message }) => ({
      key: `${name} ${subject}`,
      message: `${message} (again: \`${command}\`)`,
    })),
  );
  if (violations.length === 0) return;
  const count = groups.reduce((sum, { findings }) => sum + findings.length, 0);
  throw new GroundworkError(
    "ENGINE_FAILED",
    `The plan was applied, and ${violations.length} of ${count} checks did not pass.`,
    {
      violations,
      suggestion:
        "What was applied stays. The commands above ask again, in the cluster of KUBECONFIG: write it there by `pulumi stack output kubeconfig --show-secrets`. `bin/delivery drift` tells whether the rest is as promised.",
    },
  );
}
