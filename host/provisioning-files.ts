/** Where the files of an instance's playbook runs lie: with its stack, so that they go with it. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureDirectory, type Home } from "./home";
import type { InstanceKey } from "./promises";

/** A folder for files of a moment, readable by its owner alone: a project's own, or that of the shared stacks. */
export function provisioningFolder(home: Home, { stack }: Pick<InstanceKey, "stack">): string {
  const own = join(home.projectsDirectory, stack);
  return existsSync(own) ? own : ensureDirectory(home.stacksDirectory);
}

/** The log of the last run, in Ansible's own words. */
export function provisioningLog(home: Home, key: Pick<InstanceKey, "stack" | "id">): string {
  return join(provisioningFolder(home, key), `provisioning-${key.stack}-${key.id}.log`);
}
