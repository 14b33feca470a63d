/** Playbooks in containers, with the real engine, the real Podman and the real Ansible. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Sandbox } from "../support/sandbox";
import { killAll } from "./support-kill";
import { containersOf, errorOf, expectExit, ledgerEntries, saidBy, until } from "./support-outcome";
import { describeWithAnsible, inside, logOf, playbook, provisioned, write, writing } from "./support-playbook";
import { startVagrantp } from "./support-running";

jest.setTimeout(240_000);

interface Changed {
  readonly changed: boolean;
}

interface Preview {
  readonly change: string;
  readonly playbook: { readonly state: string; readonly tasks: { readonly task: string; readonly status: string }[] };
}

describeWithAnsible("a project with a playbook", () => {
  let sandbox: Sandbox;
  let web: string;
  const secret = "hunter2-hunter2";
  const settings = [...provisioned, `PROVISIONING_VARS=token=${secret}`];
  const role = "roles/page/tasks/main.yml";
  const page = (text: string) => `- ${writing("install the page", "/srv/page", text)}\n`;

  /** Brings the project to where every test begins; that costs nothing where it is there. */
  async function startOver(): Promise<void> {
    sandbox.settings(web, settings);
    write(web, { [role]: page("one") });
    expectExit(await sandbox.vagrantp(web, "up"), 0);
  }

  beforeAll(async () => {
    sandbox = new Sandbox();
    web = sandbox.project("web", settings);
    write(web, {
      "site.yml": [
        "- hosts: all",
        "  gather_facts: false",
        "  roles: [page]",
        "  tasks:",
        '    - {name: keep the token, copy: {content: "{{ token }}", dest: /srv/token}, no_log: true}',
        "    - {name: list processes, shell: ps -eo args > processes, args: {chdir: '{{ playbook_dir }}'}, delegate_to: localhost, changed_when: false}",
        "",
      ].join("\n"),
      [role]: page("one"),
    });
    const ended = await sandbox.vagrantp(web, "preview", "--json");
    expectExit(ended, 0);
    expect((JSON.parse(ended.stdout) as Preview).playbook).toMatchObject({
      state: "listed",
      tasks: ["page : install the page", "keep the token", "list processes"].map((task) => ({ task })),
    });
  });
  beforeEach(startOver);
  afterAll(() => sandbox.dispose());

  test("is set up by its first `up`, and left alone by the second", async () => {
    expect(await inside(sandbox, web, "/srv/page")).toBe("one\n");
    expect(await inside(sandbox, web, "/srv/token")).toBe(secret);
    const before = logOf(sandbox, "web");
    expect(await sandbox.vagrantpJson<Changed>(web, "up")).toMatchObject({ changed: false });
    expect(logOf(sandbox, "web")).toBe(before);
  });

  test("has its secrets on no command line, in no log and in no file of the home", async () => {
    expect(readFileSync(join(web, "processes"), "utf8")).toContain("ansible-playbook");
    expect(readFileSync(join(web, "processes"), "utf8")).not.toContain(secret);
    expect((await sandbox.run("grep", ["-rl", "hunter2", sandbox.home.root], web)).stdout).toBe("");
  });

  test("shows in one preview what a changed role and a changed limit would do, and changes nothing", async () => {
    write(web, { [role]: page("two") });
    sandbox.settings(web, [...settings.slice(1), "MEMORY=640"]);
    const { stdout } = await sandbox.vagrantp(web, "preview");
    expect(stdout.split("\n").map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        "web: in place (what runs goes on)",
        "memoryMiB: 512 -> 640",
        "web: playbook site.yml: 1 of 3 tasks would change something",
        "page : install the page",
        "-one",
        "+two",
      ]),
    );
    expect(await inside(sandbox, web, "/srv/page")).toBe("one\n");
  });

  test("is applied again when a role has changed, not with --no-provision, and plain `pulumi preview` shows it", async () => {
    write(web, { [role]: page("two") });
    expectExit(await sandbox.vagrantp(web, "up", "--no-provision"), 0);
    expect(await inside(sandbox, web, "/srv/page")).toBe("one\n");
    expect((await sandbox.pulumi(web, "preview")).stdout).toMatch(/\+ +command:local:Command +instance-provisioning/);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    expect(await inside(sandbox, web, "/srv/page")).toBe("two\n");
  });

  test("has drift where its playbook would change something, which `up --provision` repairs", async () => {
    expectExit(await sandbox.vagrantp(web, "exec", "--", "sh", "-c", "echo mine > /srv/page"), 0);
    expectExit(await sandbox.vagrantp(web, "drift"), 0);
    const ended = await sandbox.vagrantp(web, "drift", "--provision", "--json");
    expectExit(ended, 7);
    expect(JSON.parse(ended.stdout)).toMatchObject({ instances: [], tasks: [{ task: "page : install the page" }] });
    expect(await sandbox.vagrantpJson<Changed>(web, "up")).toMatchObject({ changed: false });
    expectExit(await sandbox.vagrantp(web, "up", "--provision"), 0);
    expect(await inside(sandbox, web, "/srv/page")).toBe("one\n");
  });

  test("is refused before anything is touched where Ansible cannot read it", async () => {
    const before = logOf(sandbox, "web");
    write(web, { [role]: `${page("three")}- name: typo\n  coppy: {}\n` });
    const ended = await sandbox.vagrantp(web, "up", "--json");
    expectExit(ended, 2);
    expect(errorOf(ended)).toMatchObject({
      code: "CONFIG_INVALID",
      details: { violations: [{ key: role, line: 2, message: expect.stringContaining("'coppy'") as string }] },
    });
    expect(logOf(sandbox, "web")).toBe(before);
    expectExit(await sandbox.vagrantp(web, "validate"), 2);
  });

  test("stays for a look when a task fails, and is not taken for applied when the change is taken back", async () => {
    write(web, { [role]: `${page("broken")}- {name: fail, command: sh -c 'echo no way >&2; exit 3'}\n` });
    const ended = await sandbox.vagrantp(web, "up", "--json");
    expectExit(ended, 7);
    const { code, message, details } = errorOf(ended);
    expect({ code, task: details["task"], host: details["host"] }).toEqual({
      code: "PROVISIONING_FAILED",
      task: "page : fail",
      host: "web",
    });
    expect(message).toContain("no way");
    expect(readFileSync(details["log"] as string, "utf8")).toContain("no way");
    expect(await inside(sandbox, web, "/srv/page")).toBe("broken\n");
    expect((await sandbox.vagrantp(web, "drift")).stdout).toContain("playbook: promised");
    write(web, { [role]: page("one") });
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    expect(await inside(sandbox, web, "/srv/page")).toBe("one\n");
  });

  test("is not applied again to a container that was made again with its files, but to a new one", async () => {
    sandbox.settings(web, [...settings, "ENV_ADDED=1"]);
    const before = logOf(sandbox, "web");
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    expect([await inside(sandbox, web, "/srv/page"), logOf(sandbox, "web")]).toEqual(["one\n", before]);
    const [container = ""] = (await containersOf(sandbox))[0]!.split(" ");
    await sandbox.podman("rm", "--force", "--time", "0", container);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    expect(await inside(sandbox, web, "/srv/page")).toBe("one\n");
  });
});

describeWithAnsible("a playbook that cannot go on", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("for want of Python leaves the new instance, and says how to get it", async () => {
    const bare = sandbox.project("bare", [
      ...provisioned.filter((line) => !line.startsWith("COMMAND")),
      "COMMAND=sh -c 'rm -f /usr/bin/python3*; exec sleep infinity'",
    ]);
    write(bare, {
      "site.yml": playbook(
        "{name: wait, raw: 'while ls /usr/bin/python3* >/dev/null 2>&1; do sleep 0.1; done'}",
        "ping:",
      ),
    });
    const ended = await sandbox.vagrantp(bare, "up", "--json");
    expectExit(ended, 7);
    expect(errorOf(ended)).toMatchObject({
      code: "PROVISIONING_FAILED",
      message: expect.stringContaining("no Python") as string,
    });
    expect(errorOf(ended).suggestion).toContain("Use an image with Python 3");
    expect(await containersOf(sandbox)).toEqual([expect.stringContaining("running")]);
  });

  test("because its instance was stopped meanwhile is told from a failed task", async () => {
    const gone = sandbox.project("gone", ["INFRA_ID=gone-for-a-test", ...provisioned]);
    const stop = "{name: stop it, command: podman stop --time 0 gone-for-a-test, delegate_to: localhost}";
    write(gone, { "site.yml": playbook(stop, "ping:") });
    const ended = await sandbox.vagrantp(gone, "up", "--json");
    expectExit(ended, 1);
    expect(errorOf(ended)).toMatchObject({ code: "SSH_CONNECTION_FAILED", details: { task: "ping" } });
  });

  test("because its file of variables is none is refused at once", async () => {
    const vars = sandbox.project("vars", [...provisioned, "PROVISIONING_VARS=vars.yml"]);
    write(vars, { "site.yml": playbook("ping:"), "vars.yml": "{bad: [}\n" });
    const ended = await sandbox.vagrantp(vars, "up", "--json");
    expectExit(ended, 2);
    expect(errorOf(ended).details).toMatchObject({ violations: [{ key: "vars.yml", line: 1 }] });
    expect(ledgerEntries(sandbox)).toEqual([]);
  });

  test("because it was killed is applied again by the next `up`", async () => {
    const slow = sandbox.project("slow", provisioned);
    const first = writing("begin", "/srv/begun", "yes");
    write(slow, { "site.yml": playbook(first, "{name: wait, command: sleep 600}") });
    const running = startVagrantp(sandbox, slow, "up");
    await until(
      "the slow task runs",
      () => ledgerEntries(sandbox).length > 0 && logOf(sandbox, "slow").includes("TASK [wait]"),
    );
    killAll(running.process.pid!);
    await running.ended;
    write(slow, { "site.yml": playbook(first, "{name: go on, copy: {content: done, dest: /srv/done}}") });
    const ended = await sandbox.vagrantp(slow, "up");
    expect(saidBy(ended)).toContain("running");
    expect(await inside(sandbox, slow, "/srv/done")).toBe("done");
  });
});
