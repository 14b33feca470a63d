/** Ansible: found on the PATH, or set up in a virtual environment of its own in the cache. */

import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import type { SetupRecord } from "../../host/setup-record";
import { run, say } from "./processes";
import { setUpPythonEnvironment } from "./python-environment";
import { findVersion, isAtLeast } from "./texts";

type Ansible = NonNullable<SetupRecord["ansible"]>;

/** Debian 12's version. */
const leastAnsibleVersion = "2.14";

/** What the pinned Ansible needs. */
const leastPythonVersion = "3.11";

/** Finds Ansible, or sets it up. undefined, with a line that says why, where there is none: containers do without. */
export async function setUpAnsible(checkout: string): Promise<Ansible | undefined> {
  const onPath = await findOnPath();
  if (onPath !== undefined && isAtLeast(onPath.version, leastAnsibleVersion)) return onPath;
  if (onPath !== undefined) say(`ansible: ${onPath.version} is older than ${leastAnsibleVersion}`);
  try {
    const requirements = join(checkout, "tools", "ansible", "requirements.txt");
    const programs = await setUpPythonEnvironment({ name: "ansible", requirements, leastPython: leastPythonVersion });
    return await judge(join(programs, "ansible-playbook"));
  } catch (error) {
    say(`ansible: not available, so playbooks cannot be run: ${messageOf(error)}`);
    return undefined;
  }
}

async function findOnPath(): Promise<Ansible | undefined> {
  try {
    return await judge(await run("sh", ["-c", "command -v ansible-playbook"]));
  } catch {
    return undefined;
  }
}

async function judge(path: string): Promise<Ansible> {
  // Its first line: `ansible-playbook [core 2.14.18]`. Away from any project, whose ansible.cfg it would read.
  const answer = await run(path, ["--version"], { cwd: "/", timeoutSeconds: 60 });
  const version = findVersion(answer);
  if (version === undefined) throw new Error(`\`ansible-playbook --version\` answers ${JSON.stringify(answer)}`);
  return { path, version };
}
