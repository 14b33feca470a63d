/** `bin/platform smoke`: whether applications are really there, as `bin/delivery apply` asks after it has applied. */

import { failuresIn, findingLines } from "../../delivery/finding";
import { configuredSmokeTests, howToConfigure } from "../../delivery/smoke/configured";
import { runSmokeTests } from "../../delivery/smoke/run";
import { findInstallation } from "../../engine/installation";
import { GroundworkError } from "../../settings/errors";
import { interruption } from "./interruption";

/**
 * Runs the smoke tests that the stack's settings name on the cluster of the kubeconfig in use, and shows what was found.
 *
 * @throws GroundworkError CONFIG_MISSING where none is named, ENGINE_FAILED when something failed
 */
export async function smokeStack({ stack }: { readonly stack: string }): Promise<void> {
  const tests = configuredSmokeTests({ directory: findInstallation().directory, stack });
  if (tests.length === 0) {
    throw new GroundworkError("CONFIG_MISSING", `The stack ${stack} has no smoke tests.`, {
      suggestion: `To have some, ${howToConfigure(stack)}.`,
    });
  }
  const findings = await runSmokeTests(tests, { signal: interruption() });
  process.stdout.write(`${findingLines(findings)}\n`);
  const failed = failuresIn(findings);
  if (failed.length === 0) return;
  throw new GroundworkError("ENGINE_FAILED", `${failed.length} of ${findings.length} checks did not pass.`, {
    suggestion: `Read the lines above, then run \`bin/platform smoke -s ${stack}\` again.`,
  });
}
