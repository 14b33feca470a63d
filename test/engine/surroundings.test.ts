/** What a shell, a login or another user leaves around a run that needs no engine: it works, or says why it cannot. */

import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";
import { expectExit, saidBy, stackTrace } from "./support-outcome";

const vagrantp = resolve(__dirname, "..", "..", "bin", "vagrantp");
const isRoot = process.getuid?.() === 0;

describeWithEngine("a run with", () => {
  let sandbox: Sandbox;
  let web: string;
  beforeEach(() => {
    sandbox = new Sandbox();
    web = sandbox.project("web", ["MEMORY=512"]);
  });
  afterEach(() => sandbox.dispose());

  /** Runs a line of shell in the project; `$0` is vagrantp. */
  function shell(line: string, variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return sandbox.run("/bin/sh", ["-c", line, vagrantp], web, variables);
  }

  test.each([
    ["64 open files at most", "ulimit -n 64; exec $0 status"],
    ["no standard input", "exec $0 status <&-"],
    ["a PATH without podman", "PATH=/nonexistent exec $0 status"],
  ])("%s works", async (_what, line) => {
    const ended = await shell(line);
    expectExit(ended, 0);
    expect(ended.stdout).toMatch(/not_created/);
  });

  test("200 KiB of environment works", async () => {
    const half = "x".repeat(100 * 1024);
    expectExit(await shell("exec $0 status", { FIRST: half, SECOND: half }), 0);
  });

  test.each([
    ["validate", 0],
    ["nonsense", 2],
  ])("all standard streams closed ends `%s` with its status", async (verb, status) => {
    const ended = await shell(`$0 ${verb} <&- >&- 2>&-; echo $?`);
    expect(ended.stdout).toBe(`${status}\n`);
  });

  test.each(["C", "POSIX", "xx_XX.nonsense"])("LC_ALL=%s names a directory in UTF-8", async (locale) => {
    const directory = join(sandbox.root, "größe 项目");
    mkdirSync(directory);
    const ended = await sandbox.run(vagrantp, ["validate"], directory, { LC_ALL: locale });
    expectExit(ended, 2);
    expect(ended.stderr).toContain(`${directory}/.env does not exist`);
  });

  test("a TMPDIR that does not exist is refused with its name, and leaves nothing", async () => {
    const ended = await sandbox.run(vagrantp, ["up"], web, { TMPDIR: "/nonexistent/tmp" });
    expectExit(ended, 2);
    expect(ended.stderr).toContain("The folder for temporary files, /nonexistent/tmp, cannot be written");
    expect(ended.stderr).toContain("Set TMPDIR");
    expect(existsSync(sandbox.home.projectsDirectory) ? readdirSync(sandbox.home.projectsDirectory) : []).toEqual([]);
    expect(saidBy(ended)).not.toMatch(stackTrace);
  });

  test("a home that is another user's is refused with its name", () => {
    chmodSync(sandbox.root, 0o755);
    chmodSync(sandbox.home.root, 0o755);
    chmodSync(sandbox.home.setupFile, isRoot ? 0o600 : 0o000);
    const run = () =>
      execFileSync(vagrantp, ["status"], {
        cwd: web,
        env: sandbox.environment,
        stdio: "pipe",
        ...(isRoot ? { uid: 54321, gid: 54321 } : {}),
      });
    expect(run).toThrow(
      `Groundwork may not read ${sandbox.home.setupFile}: it is another user's, or its mode forbids it.`,
    );
  });

  test("a settings file of 100 MB is refused at once", async () => {
    writeFileSync(join(web, ".env"), Buffer.alloc(100_000_000, "A=1\n"));
    const ended = await sandbox.vagrantp(web, "up");
    expectExit(ended, 2);
    expect(ended.stderr).toMatch(/larger than 256 KiB/);
  });
});
