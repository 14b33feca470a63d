/** `bin/platform smoke`: whether applications are really there, as `bin/delivery apply` asks after it has applied. */

import { configuredSmokeTests, howToConfigure } from "../../delivery/smoke/configured";
import { runSmokeTests } from "../../delivery/smoke/run";
import { findInstallation } from "../../engine/installation";
import { GroundworkError } from "../../settings/errors";
import { interruption } from "./interruption";
import { showFindings } from "./show-findings";

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
  showFindings(
    await runSmokeTests(tests, { signal: interruption() }),
    (count) => `${count} checks did not pass.`,
    `Read the lines above, then run \`bin/platform smoke -s ${stack}\` again.`,
  );
}
