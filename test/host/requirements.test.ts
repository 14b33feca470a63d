/** What a playbook asks for of others, installed by the real Ansible. A collection in a folder needs no network. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { listTasks } from "../../playbooks/playbook";
import { hostSetup, skipSaying } from "../support/sandbox";
import { useTemporaryFolder } from "../support/temporary-folder";

jest.setTimeout(60_000);

const program = hostSetup?.ansible?.path ?? "ansible-playbook";
const describeWithAnsible =
  spawnSync(program, ["--version"]).status === 0 ? describe : skipSaying(`${program} does not run`);

const folder = useTemporaryFolder();

function write(name: string, ...lines: string[]): void {
  const path = join(folder(), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

/** A collection `acme.web` with the role `page`, and a playbook that uses it. */
function writeProject(): void {
  const galaxy = ["namespace: acme", "name: web", "version: 1.0.0", "readme: README.md", "authors: [acme]"];
  write("acme/galaxy.yml", ...galaxy);
  write("acme/README.md", "Pages.");
  write("acme/roles/page/tasks/main.yml", "- name: write the page", "  ansible.builtin.debug:");
  write("site.yml", "- hosts: all", "  roles: [acme.web.page]");
  requirements("collections:", "  - name: ./acme", "    type: dir");
}

function requirements(...lines: string[]): void {
  write("requirements.yml", ...lines);
}

function tasks(): Promise<readonly string[]> {
  const ansible = {
    program,
    plugins: join(__dirname, "..", "..", "playbooks", "plugins"),
    environment: { ...process.env, HOME: folder() },
    requirements: join(folder(), "kept"),
  };
  const provisioning = { playbook: join(folder(), "site.yml"), variables: {} };
  return listTasks(ansible, { id: "web", provisioning, folder: folder() });
}

describeWithAnsible("a requirements.yml beside the playbook", () => {
  test("brings the collections that it names", async () => {
    writeProject();
    expect(await tasks()).toEqual(["acme.web.page : write the page"]);
  });

  test("is installed once for each content", async () => {
    writeProject();
    await tasks();
    await tasks();
    expect(readdirSync(join(folder(), "kept"))).toHaveLength(1);
    requirements("# once more", "collections:", "  - name: ./acme", "    type: dir");
    await tasks();
    expect(readdirSync(join(folder(), "kept"))).toHaveLength(2);
  });

  test("that cannot be installed says why, and leaves nothing", async () => {
    writeProject();
    requirements("collections:", "  - name: ./nobody", "    type: dir");
    await expect(tasks()).rejects.toMatchObject({
      code: "PROVISIONING_FAILED",
      message: expect.stringContaining("nobody") as string,
    });
    expect(readdirSync(join(folder(), "kept"))).toEqual([]);
  });
});
