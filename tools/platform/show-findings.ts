/** How commands that look at a platform tell what they found, and end. */

import { failuresIn, findingLines, type Finding } from "../../delivery/finding";
import { GroundworkError } from "../../settings/errors";

/**
 * Shows each finding in a line, those that failed first.
 *
 * @param failure what it means that so many failed, e.g. `3 of 7`
 * @param suggestion what to do then
 * @throws GroundworkError ENGINE_FAILED when something failed
 */
export function showFindings(
  findings: readonly Finding[],
  failure: (count: string) => string,
  suggestion: string,
): void {
  process.stdout.write(`${findingLines(findings)}\n`);
  const failed = failuresIn(findings).length;
  if (failed > 0)
    throw new GroundworkError("ENGINE_FAILED", failure(`${failed} of ${findings.length}`), { suggestion });
}
