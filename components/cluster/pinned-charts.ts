/** No chart without an exact version, held while the program runs: the engine's events do not tell a Chart's inputs. */

import * as pulumi from "@pulumi/pulumi";
import { GroundworkError } from "../../settings/errors";
import { isExactVersion } from "../../settings/platform/charts";

/** Helm's charts and releases, of every version of the API. */
const chartTypes = /^kubernetes:helm\.sh\/v\d+:/;

/** Lets every chart of this program name an exact version. Only where the program runs as a stack. */
export function refuseUnpinnedCharts(): void {
  pulumi.runtime.registerStackTransformation(({ type, name, props }) => {
    assertPinned({ type, name, version: (props as { version?: unknown }).version });
    return undefined;
  });
}

/** @throws GroundworkError CONFIG_INVALID for a chart whose version is not exact */
function assertPinned(of: { readonly type: string; readonly name: string; readonly version: unknown }): void {
  if (!chartTypes.test(of.type) || isExactVersion(of.version)) return;
  const got = of.version === undefined ? "no version" : JSON.stringify(of.version);
  throw new GroundworkError("CONFIG_INVALID", `The chart ${of.name} has ${got}; allowed: one exact version.`, {
    suggestion: "Write the version whose values were checked; `bin/platform charts` shows newer ones.",
  });
}
