/** One project's life with INFRA_TYPE=vm, on the real engine and a real libvirt; what the driver does alone is in contract/. */

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../support/free-port";
import { Sandbox, type Ended } from "../support/sandbox";
import { killAll, runAndKill } from "./support-kill";
import { expectExit, ledgerEntries, until } from "./support-outcome";
import { startVagrantp } from "./support-running";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(600_000);

const name = `gw-vm-test-${String(process.pid)}`;

describeWithMachines("a virtual machine", () => {
  let sandbox: Sandbox;
  let isKilled: boolean, begun: readonly string[], leftByForce: unknown, forced: Ended;
  let converged: Ended, again: Ended, entered: Ended, keys: string, larger: Ended, size: string, smaller: Ended;
  let drifted: Ended,
    repaired: Ended,
    stopped: Ended,
    state: string,
    stoppedDrift: Ended,
    removed: Ended,
    left: unknown;

  /** One story, for a boot takes a minute where machines are emulated; each test looks at one step of it. */
  beforeAll(async () => {
    sandbox = new Sandbox();
    const port = await freePort();
    const settings = (disk: number) => [
      ...["INFRA_TYPE=vm", `INFRA_ID=${name}`, "MEMORY=512", "CPUS=1", "ENV_GREETING='hello world'"],
      ...[`DISK_SIZE=${String(disk)}`, `PORTS=${String(port)}:22`],
    ];
    const web = sandbox.project("web", settings(5));
    const vagrantp = (...words: string[]) => sandbox.vagrantp(web, ...words);
    const inside = (script: string) => vagrantp("ssh", "--", "sh", "-c", script);

    await killAtWork(sandbox, web);
    begun = machineFolders(sandbox);
    forced = await vagrantp("rm", "--force");
    leftByForce = await leftovers(sandbox);
    isKilled = await runAndKill(sandbox, web, ["up"], "actuator", 3_000);
    converged = await vagrantp("up");
    again = await vagrantp("up", "--json");
    entered = await inside('echo "$GREETING"; hostname; exit 3');
    keys = (await inside("cat ~/.ssh/authorized_keys")).stdout;

    sandbox.settings(web, settings(6));
    larger = await vagrantp("up");
    size = (await inside("df -BG --output=size / | tail -1")).stdout.trim();
    sandbox.settings(web, settings(5));
    smaller = await vagrantp("up");
    sandbox.settings(web, settings(6));

    await virsh("setmem", name, "450M", "--live");
    drifted = await vagrantp("drift");
    await vagrantp("up");
    repaired = await vagrantp("drift");

    stopped = await vagrantp("stop");
    state = await virsh("domstate", name);
    stoppedDrift = await vagrantp("drift");
    removed = await vagrantp("rm");
    left = await leftovers(sandbox);
  });
  afterAll(async () => {
    await sandbox.vagrantp(`${sandbox.root}/web`, "rm", "--force");
    await sandbox.dispose();
  });

  test("that is half made when its `up` is killed is removed by `rm --force`, with all that it had", () => {
    expect(begun).toHaveLength(1);
    expectExit(forced, 0);
    expect(leftByForce).toEqual(nothing);
  });

  test("whose actuator is killed is made by the next `up`", () => {
    expect(isKilled).toBe(true);
    expectExit(converged, 0);
  });

  test("is not changed by a second `up`", () => {
    expectExit(again, 0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      changed: false,
      instance: { backend: "libvirt", state: "running" },
    });
  });

  test("is entered with its variables, and tells the program's status", () => {
    expect([entered.stdout, entered.exitCode]).toEqual([`hello world\n${name}\n`, 3]);
  });

  test("lets in the key that was made for it alone, and Vagrant's no more", () => {
    expect(keys.trim().split("\n")).toEqual([expect.not.stringContaining("vagrant insecure")]);
  });

  test("gets a larger disk while it runs, and its file system grows", () => {
    expectExit(larger, 0);
    expect(size).toBe("6G");
  });

  test("whose disk would shrink is refused", () => {
    expectExit(smaller, 2);
    expect(smaller.stderr).toContain("a disk never shrinks");
  });

  test("whose memory was changed by hand has drifted", () => {
    expectExit(drifted, 7);
    // The guest gives its memory back bit by bit.
    expect(drifted.stdout).toMatch(/memoryMiB: promised 512, real (?!512)\d+/);
  });

  test("has drifted no more after the next `up`", () => {
    expectExit(repaired, 0);
  });

  test("is shut off by `stop`, which is no drift", () => {
    expectExit(stopped, 0);
    expect(state).toBe("shut off");
    expectExit(stoppedDrift, 0);
  });

  test("is removed by `rm` with all that it had", () => {
    expectExit(removed, 0);
    expect(left).toEqual(nothing);
  });
});

const nothing = { atLibvirt: [], folders: [], promised: [] };

/** Kills an `up`, and all that it started, once Vagrant makes the machine. */
async function killAtWork(sandbox: Sandbox, directory: string): Promise<void> {
  const { process: child, ended } = startVagrantp(sandbox, directory, "up");
  const { machinesDirectory } = sandbox.home;
  const isAtWork = () => machineFolders(sandbox).some((one) => existsSync(join(machinesDirectory, one, "vagrant.pid")));
  await until("Vagrant is at work", isAtWork);
  killAll(child.pid!);
  await ended;
}

/** What is still there of the machine. */
async function leftovers(sandbox: Sandbox) {
  const lists = [
    await virsh("list", "--all", "--name"),
    await virsh("vol-list", "default"),
    await virsh("net-list", "--all", "--name"),
  ];
  const atLibvirt = lists.flatMap((text) => text.split("\n")).filter((line) => line.includes(name));
  return { atLibvirt, folders: machineFolders(sandbox), promised: ledgerEntries(sandbox) };
}

function machineFolders(sandbox: Sandbox): readonly string[] {
  const { machinesDirectory } = sandbox.home;
  return existsSync(machinesDirectory) ? readdirSync(machinesDirectory) : [];
}
