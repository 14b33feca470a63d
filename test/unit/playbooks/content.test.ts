import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { playbookContent, playbookDigest } from "../../../playbooks/content";
import { refusalOf } from "../../support/refusal";

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "content-")))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const names = (varsFile?: string) => {
  const vars = varsFile === undefined ? {} : { varsFile: join(folder, varsFile) };
  return Object.keys(playbookContent({ playbook: join(folder, "site.yml"), ...vars }));
};

describe("a playbook is made of", () => {
  test("itself, what Ansible reads beside it, and the file of variables", () => {
    write({
      "site.yml": "- hosts: all\n",
      "requirements.yml": "",
      "ansible.cfg": "",
      "roles/web/tasks/main.yml": "",
      "templates/page.j2": "",
      "group_vars/all.yml": "",
      "../vars-of-a-test.yml": "",
    });
    const found = names("../vars-of-a-test.yml");
    rmSync(join(folder, "..", "vars-of-a-test.yml"));
    expect(found).toEqual([
      "../vars-of-a-test.yml",
      "ansible.cfg",
      "group_vars/all.yml",
      "requirements.yml",
      "roles/web/tasks/main.yml",
      "site.yml",
      "templates/page.j2",
    ]);
  });

  test("files and folders that its YAML names, also at second hand", () => {
    write({
      "site.yml": "- import_playbook: steps/second.yml\n- hosts: all\n  tasks: [{copy: {src: public/, dest: /srv}}]\n",
      "steps/second.yml": "- hosts: all\n  tasks: [{include_tasks: third.yml}]\n",
      "steps/third.yml": "- {copy: {src: 'page.html', dest: /srv}}\n",
      "page.html": "",
      "public/deep/index.html": "",
    });
    expect(names()).toEqual(["page.html", "public/deep/index.html", "site.yml", "steps/second.yml", "steps/third.yml"]);
  });

  test("nothing else of the project, nothing outside it, no hidden folder, and no endless loop of links", () => {
    write({
      "site.yml": "# ../other.txt .git/config ./ .. node_modules/x/index.js\n",
      "app.py": "",
      ".git/config": "",
      "node_modules/x/index.js": "",
      "roles/.hidden": "",
      "roles/web/tasks/main.yml": "",
    });
    symlinkSync("/nowhere", join(folder, "roles", "dangling"));
    expect(names()).toEqual(["roles/web/tasks/main.yml", "site.yml"]);
  });

  test("at most 2000 files", () => {
    write({ "site.yml": "" });
    write(Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`files/${String(at)}`, ""])));
    expect(refusalOf(names)).toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("the digest of a playbook", () => {
  const options = { digest: (texts: Readonly<Record<string, string>>) => JSON.stringify(texts), version: "2.14.18" };
  const spec = () => ({ playbook: join(folder, "site.yml"), variables: { b: "2", a: "1" } });
  const digest = (changes = {}, by = options) => playbookDigest({ ...spec(), ...changes }, by);

  beforeEach(() => write({ "site.yml": "- hosts: all\n", "roles/web/tasks/main.yml": "" }));

  test("is the same for the same content, in whatever order its variables come", () => {
    expect(digest({ variables: { a: "1", b: "2" } })).toBe(digest());
  });

  test.each([
    ["a role", () => write({ "roles/web/tasks/main.yml": "- ping:\n" })],
    ["the playbook", () => write({ "site.yml": "- hosts: web\n" })],
    ["what the roles hold", () => write({ "roles/web/files/page": "" })],
  ])("changes with %s", (_, change) => {
    const before = digest();
    change();
    expect(digest()).not.toBe(before);
  });

  test("changes with a variable, and with the version of Ansible", () => {
    expect(digest({ variables: { a: "1", b: "3" } })).not.toBe(digest());
    expect(digest({}, { ...options, version: "2.19.14" })).not.toBe(digest());
  });
});
