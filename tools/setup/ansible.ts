/** Ansible: found on the PATH, or set up in a virtual environment of its own in the cache. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SetupRecord } from "../../host/setup-record";
import { cacheFolder } from "../cache-folder";
import { run, runStage, say } from "./processes";
import { installPackages } from "./system-packages";
import { findVersion, isAtLeast, messageOf } from "./texts";

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
    return await setUpEnvironment(join(checkout, "tools", "ansible", "requirements.txt"));
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

/**
 * A virtual environment cannot be renamed: its programs name their folder. So it is made in place, and a file that is
 * written last tells that it is whole; one without is made anew.
 */
async function setUpEnvironment(requirements: string): Promise<Ansible> {
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = join(cacheFolder(), "ansible", hash);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    await makeEnvironment(folder);
    const install = ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
    await runStage("ansible: installing from Python's registry", join(folder, "bin", "pip"), install);
    writeFileSync(complete, "");
  }
  return await judge(join(folder, "bin", "ansible-playbook"));
}

/** Debian's Python has a package of its own for this. */
async function makeEnvironment(folder: string): Promise<void> {
  const python = await run("python3", ["--version"]).then(findVersion, () => undefined);
  if (python !== undefined && !isAtLeast(python, leastPythonVersion)) {
    throw new Error(`python3 is ${python}, and Ansible needs ${leastPythonVersion}`);
  }
  const make = () => run("python3", ["-m", "venv", "--clear", folder]);
  await make().catch(async (refusal: unknown) => {
    const stage = "ansible: installing Python's virtual environments";
    await installPackages(stage, { "apt-get": ["python3-venv"] }).catch((error: unknown) => {
      throw new Error(`${messageOf(refusal)}; ${messageOf(error)}`);
    });
    await make();
  });
}
