/** What a playbook needs of others: the collections and roles that its `requirements.yml` names. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { x } from "tinyexec";
import { GroundworkError } from "../settings/errors";

/** Where requirements come from, and where they are kept. */
export interface RequirementsOptions {
  /** The program `ansible-playbook`; `ansible-galaxy` lies beside it. @default both are found on the PATH */
  readonly program?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Keeps what was installed, a folder for each content of a file, for all playbooks of this user. */
  readonly requirements: string;
}

/**
 * Installs what the `requirements.yml` beside a playbook names, once for each content of that file. It is kept apart
 * from the user's own collections, so that versions of one project are not another's.
 *
 * @returns the variables by which Ansible finds it; none where there is no such file
 * @throws PROVISIONING_FAILED in the words of `ansible-galaxy`
 * @see https://docs.ansible.com/ansible/latest/galaxy/user_guide.html#installing-roles-and-collections-from-the-same-requirements-yml-file
 */
export async function installRequirements(
  { program, environment, requirements }: RequirementsOptions,
  playbook: string,
): Promise<NodeJS.ProcessEnv> {
  const file = ["requirements.yml", "requirements.yaml"]
    .map((name) => join(dirname(playbook), name))
    .find((path) => existsSync(path));
  if (file === undefined) return {};
  const folder = join(requirements, createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(requirements, { recursive: true, mode: 0o700 });
    const draft = mkdtempSync(`${folder}.`);
    try {
      await install(program, { ...environment, ...placesIn(draft) }, file);
      keep(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  return placesIn(folder);
}

/** Ansible installs into the first place, and finds what is in any. */
function placesIn(folder: string): NodeJS.ProcessEnv {
  return {
    ANSIBLE_COLLECTIONS_PATH: `${folder}:~/.ansible/collections:/usr/share/ansible/collections`,
    ANSIBLE_ROLES_PATH: `${join(folder, "roles")}:~/.ansible/roles:/usr/share/ansible/roles:/etc/ansible/roles`,
  };
}

async function install(program: string | undefined, env: NodeJS.ProcessEnv, file: string): Promise<void> {
  const galaxy = program === undefined ? "ansible-galaxy" : join(dirname(program), "ansible-galaxy");
  // Paths in the file are seen from its folder.
  const nodeOptions = { env: { ...env, ANSIBLE_NOCOLOR: "1", LC_ALL: "C.UTF-8" }, cwd: dirname(file) };
  const { exitCode, stdout, stderr } = await x(galaxy, ["install", "--role-file", file], { nodeOptions });
  if (exitCode === 0) return;
  const reason = /^ERROR! (.+)$/m.exec(`${stderr}\n${stdout}`)?.[1] ?? stderr.trim().split("\n").at(-1) ?? "";
  throw new GroundworkError("PROVISIONING_FAILED", `What ${file} asks for could not be installed: ${reason}`, {
    details: { requirements: file },
    suggestion: `Run \`${galaxy} install --role-file ${file}\` to see all that it says.`,
  });
}

/** Another run may have been faster with the same. */
function keep(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
