/** The verbs around a running instance and around all projects of a host, on one `up` each that the tests share. */

import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { InstanceReport } from "../../settings/instance-report";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { containersOf, errorOf, expectExit, ledgerEntries, until } from "./support-outcome";
import { startVagrantp } from "./support-running";

jest.setTimeout(120_000);

const base = ["MEMORY=512", "CPUS=1"];
const command = "COMMAND=sh -c 'echo first; echo second >&2; exec sleep infinity'";

describeWithEngine("beside a running instance,", () => {
  let sandbox: Sandbox;
  let web: string;

  beforeAll(async () => {
    sandbox = new Sandbox();
    web = sandbox.project("web", [...base, command, "PORTS=auto:80", "ENV_TOKEN=hunter2"]);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
  });
  afterAll(() => sandbox.dispose());

  test("`exec` passes standard input, both streams and the exit code", async () => {
    const program = resolve(__dirname, "..", "..", "bin", "vagrantp");
    const script = "cat; echo err >&2; exit 42";
    const child = spawn(program, ["exec", "--", "sh", "-c", script], { cwd: web, env: sandbox.environment });
    child.stdin.end("in\n");
    const ended = new Promise((done) => child.on("close", done));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect([stdout, stderr, await ended]).toEqual(["in\n", "err\n", 42]);
  });

  test.each(["exec", "ssh"])("`%s --json` prints one object, and ends with the program's exit code", async (verb) => {
    const ended = await sandbox.vagrantp(web, verb, "--json", "--", "sh", "-c", "echo out; echo err >&2; exit 3");
    expectExit(ended, 3);
    expect([JSON.parse(ended.stdout), ended.stderr]).toEqual([{ exitCode: 3, stdout: "out\n", stderr: "err\n" }, ""]);
  });

  test("`logs` shows what the program wrote, by stream", async () => {
    const { stdout, stderr } = await sandbox.vagrantp(web, "logs");
    expect([stdout, stderr]).toEqual(["first\n", "second\n"]);
  });

  test("`logs --follow` shows new lines until Ctrl-C, which ends it with 130", async () => {
    const running = startVagrantp(sandbox, web, "logs", "--follow");
    let shown = "";
    running.process.stdout!.on("data", (chunk: Buffer) => (shown += chunk.toString()));
    await until("it shows the log", () => shown.includes("first"));
    running.process.kill("SIGINT");
    expect((await running.ended).exitCode).toBe(130);
  });

  test("`logs --follow --json` is refused: it has no end", async () => {
    const ended = await sandbox.vagrantp(web, "logs", "--follow", "--json");
    expectExit(ended, 2);
    expect(errorOf(ended).code).toBe("CONFIG_INVALID");
  });

  test("`status --all` shows what it really uses", async () => {
    const { instances } = await sandbox.vagrantpJson<{ instances: unknown[] }>(web, "status", "--all");
    expect(instances).toMatchObject([
      {
        id: "web",
        state: "running",
        projectDirectory: web,
        promised: { memoryMiB: 512, cpus: 1 },
        used: { memoryMiB: expect.any(Number) as number, cpuPercent: expect.any(Number) as number },
      },
    ]);
  });

  test("`stop` applies no other edit of the settings, nor is it refused by one", async () => {
    const before = await sandbox.podman("inspect", "--format", "{{.Id}}", "--type", "container", await nameOf(web));
    sandbox.settings(web, [...base, "PORTS=auto:80, nonsense"]);
    expectExit(await sandbox.vagrantp(web, "stop"), 0);
    sandbox.settings(web, [...base, command, "PORTS=auto:81", "ENV_TOKEN=changed"]);
    expectExit(await sandbox.vagrantp(web, "stop"), 0);
    const after = await sandbox.podman("inspect", "--format", "{{.Id}}", "--type", "container", await nameOf(web));
    expect([after, ledgerEntries(sandbox)]).toMatchObject([before, [{ power: "stopped", ports: [{ inside: 80 }] }]]);
    expect((await sandbox.run("grep", ["-rl", "hunter2", sandbox.home.root], sandbox.root)).stdout).toBe("");
  });

  async function nameOf(directory: string): Promise<string> {
    return (await sandbox.vagrantpJson<InstanceReport>(directory, "status")).name;
  }
});

describeWithEngine("with several projects,", () => {
  let sandbox: Sandbox;
  let kept: string, stopped: string, gone: string;

  beforeAll(async () => {
    sandbox = new Sandbox();
    [kept, stopped, gone] = ["kept", "stopped", "gone"].map((name) => sandbox.project(name, [...base, command])) as [
      string,
      string,
      string,
    ];
    for (const directory of [kept, stopped, gone]) expectExit(await sandbox.vagrantp(directory, "up"), 0);
    expectExit(await sandbox.vagrantp(stopped, "stop", "--force"), 0);
  });
  afterAll(() => sandbox.dispose());

  test("`up --all` starts what a reboot stopped, and leaves what its user stopped", async () => {
    const { name } = await sandbox.vagrantpJson<InstanceReport>(kept, "status");
    await sandbox.podman("stop", "--time", "0", name);
    const { projects } = await sandbox.vagrantpJson<{ projects: unknown[] }>(sandbox.root, "up", "--all");
    expect(projects).toMatchObject([
      { directory: gone, result: "unchanged" },
      { directory: kept, result: "changed", instance: { state: "running" } },
      { directory: stopped, result: "left stopped" },
    ]);
  });

  test("`prune --force` removes what a vanished project held, and a second one finds nothing", async () => {
    rmSync(gone, { recursive: true });
    const shown = await sandbox.vagrantp(sandbox.root, "prune");
    expect(shown.stdout).toContain(`${gone} would be removed`);
    expect(ledgerEntries(sandbox)).toHaveLength(3);

    expectExit(await sandbox.vagrantp(sandbox.root, "prune", "--force"), 0);
    expect(ledgerEntries(sandbox).map(({ id }) => id)).toEqual(["kept", "stopped"]);
    expect((await containersOf(sandbox)).filter((line) => line.includes(" gone-"))).toEqual([]);
    expect(await sandbox.vagrantpJson(sandbox.root, "prune", "--force")).toEqual({ forced: true, findings: [] });
  });

  test("`prune --force` does without the engine's state where that is lost", async () => {
    rmSync(stopped, { recursive: true });
    const entry = ledgerEntries(sandbox).find(({ id }) => id === "stopped")!;
    rmSync(join(sandbox.home.projectsDirectory, entry.stack, "passphrase"));
    expectExit(await sandbox.vagrantp(sandbox.root, "prune", "--force"), 0);
    expect(ledgerEntries(sandbox).map(({ id }) => id)).not.toContain("stopped");
    expect(await sandbox.podman("ps", "--all", "--quiet", "--filter", `name=${entry.name}`)).toBe("");
  });
});
