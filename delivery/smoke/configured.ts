/** The smoke tests that the settings of a platform's stack name. */

import * as z from "zod";
import { getStackConfig } from "../../engine/stack-config";
import type { Workspace } from "../../engine/workspace";
import { GroundworkError } from "../../settings/errors";
import { environmentsSchema } from "../../settings/platform/environments";
import {
  smokeTestsOf,
  smokeTestsSchema,
  smokeTestViolations,
  type SmokeTest,
} from "../../settings/platform/smoke-tests";
import { toViolations } from "../../settings/stack-violations";

/** What of a platform's settings says where its applications are; the program holds the rest to its own schema. */
const schema = z.object(
  { domain: z.string({ error: "a text" }), environments: environmentsSchema, smokeTests: smokeTestsSchema },
  { error: "a map with domain, email and gitops" },
);

/**
 * The tests, none where the settings name none.
 *
 * @throws GroundworkError CONFIG_INVALID for a stack that is no platform, or whose tests cannot be understood
 */
export function configuredSmokeTests(place: Pick<Workspace, "directory" | "stack">): readonly SmokeTest[] {
  const config = { platform: getStackConfig(place, ["groundwork:platform"]) };
  const whole = z.object({ platform: schema });
  const read = whole.safeParse(config);
  const violations = read.success
    ? smokeTestViolations(read.data.platform, "platform.smokeTests")
    : toViolations(read.error, whole, config);
  if (read.success && violations.length === 0) return smokeTestsOf(read.data.platform);
  const { stack } = place;
  throw new GroundworkError("CONFIG_INVALID", `The smoke tests of the stack ${stack} cannot be told.`, {
    violations,
    suggestion: `Correct Pulumi.${stack}.yaml, then run \`bin/platform check -s ${stack}\`.`,
  });
}

/** What to write where there is none. */
export function howToConfigure(stack: string): string {
  return `name applications under \`groundwork:platform\` in Pulumi.${stack}.yaml, such as \`smokeTests: [{ environment: staging, application: shop }]\``;
}
