/** What the host does to a run: full and read-only disks, odd paths, a project that moves. */

import { existsSync, globSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describeWithMounts, SmallDisk } from "../support/small-disk";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";
import { containersOf, expectExit, ledgerEntries, saidBy, stackTrace } from "./support-outcome";

jest.setTimeout(180_000);

const base = ["MEMORY=512", "CPUS=1", "COMMAND=sleep infinity"];
const vagrantp = resolve(__dirname, "..", "..", "bin", "vagrantp");

/** All that a shell, a URL, a pattern or a format could trip over, but for a comma and a colon: no volume's path holds those. */
const oddName = '-it\'s "a" $HOME `x` \\n %20 #1 ? & ; * [é] 项目\nline';

function expectRefused(ended: Ended, status: number, said: string): void {
  expectExit(ended, status);
  expect(ended.stderr).toContain(said);
  expect(saidBy(ended)).not.toMatch(stackTrace);
}

describeWithMounts("a home on a disk of its own", () => {
  describeWithEngine("that", () => {
    let sandbox: Sandbox;
    let disk: SmallDisk;
    let web: string;
    beforeEach(() => {
      sandbox = new Sandbox();
      disk = new SmallDisk();
      disk.take(sandbox.home.root);
      web = sandbox.project("web", base);
    });
    afterEach(async () => {
      disk.makeWritable();
      disk.free();
      await sandbox.dispose();
      disk.remove();
    });

    async function expectDiskFull(...parameters: string[]): Promise<void> {
      disk.fill();
      const ended = await sandbox.vagrantp(web, ...parameters);
      expectRefused(ended, 4, `The disk is full: ${sandbox.home.root}`);
      expect(ended.stderr).toMatch(/Free some space on the disk of .*, then run the same command again\.\n$/);
      disk.free();
    }

    test("is full refuses `up`, a changed `up` and `rm`, and each succeeds when there is room again", async () => {
      await expectDiskFull("up");
      expectExit(await sandbox.vagrantp(web, "up"), 0);

      sandbox.settings(web, [...base, "ENV_A=1"]);
      await expectDiskFull("up");
      expectExit(await sandbox.vagrantp(web, "up"), 0);
      expectExit(await sandbox.vagrantp(web, "drift"), 0);

      await expectDiskFull("rm");
      expectExit(await sandbox.vagrantp(web, "rm"), 0);
      expect(await containersOf(sandbox)).toEqual([]);
      expect(ledgerEntries(sandbox)).toEqual([]);
    });

    test("is read-only refuses `up` with its name, and makes nothing", async () => {
      disk.makeReadOnly();
      const ended = await sandbox.vagrantp(web, "up");
      expectRefused(ended, 2, `Groundwork cannot write ${sandbox.home.root} (EROFS: its file system is read-only).`);
      expect(existsSync(sandbox.home.projectsDirectory)).toBe(false);
    });
  });
});

describeWithEngine("a project", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("whose path, home, TMPDIR and locale are as odd as can be is brought up, entered and removed", async () => {
    const web = sandbox.project(oddName, [...base, "INFRA_ID=odd-faults", "VOLUMES=./site:/srv"]);
    mkdirSync(join(web, "site"));
    writeFileSync(join(web, "site", "page"), "inside\n");
    const home = join(sandbox.root, oddName, "home");
    renameSync(sandbox.home.root, home);
    const odd = { GROUNDWORK_HOME: home, TMPDIR: join(web, "site"), LC_ALL: "C" };
    const run = (...parameters: string[]) => sandbox.run(vagrantp, parameters, web, odd);
    try {
      expectExit(await run("up"), 0);
      expect((await run("ssh", "--", "cat", "/srv/page")).stdout).toBe("inside\n");
      expectExit(await run("drift"), 0);
      expect((await run("up")).stdout).toMatch(/^Nothing has changed/);
    } finally {
      expectExit(await run("rm"), 0);
      renameSync(home, sandbox.home.root);
    }
    expect(readdirSync(join(web, "site"))).toEqual(["page"]);
  });

  test("whose engine was killed while it wrote what belongs to its state, comes up, changes and goes", async () => {
    const web = sandbox.project("web", base);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    /** The store writes attributes in place: a file that was opened and not yet written is all that a kill leaves. */
    const tear = () => {
      const { projectsDirectory } = sandbox.home;
      const torn = globSync(join(projectsDirectory, "*", "state", ".pulumi", "**", "*.attrs"));
      expect(torn.length).toBeGreaterThan(0);
      for (const file of torn) writeFileSync(file, "");
    };
    tear();
    expectExit(await sandbox.vagrantp(web, "drift"), 0);
    sandbox.settings(web, [...base, "ENV_A=1"]);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    tear();
    expectExit(await sandbox.vagrantp(web, "rm"), 0);
    expect(await containersOf(sandbox)).toEqual([]);
  });

  test("that was moved is told where its instance is, and finds it when it is moved back", async () => {
    const web = sandbox.project("web", base);
    const moved = join(sandbox.root, "moved");
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    renameSync(web, moved);

    const ended = await sandbox.vagrantp(moved, "ssh", "--", "true");
    expectRefused(ended, 1, `${moved} has no instance`);
    expect(ended.stderr).toContain(`If this project was ${web}, which had an instance, move it back there`);

    renameSync(moved, web);
    expectExit(await sandbox.vagrantp(web, "ssh", "--", "true"), 0);
  });
});
