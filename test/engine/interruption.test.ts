/** Ctrl-C and kill -9 in the middle of a run: nothing is left half made, and the next run goes on from there. */

import { readdirSync } from "node:fs";
import type { InstanceReport } from "../../settings/instance-report";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";
import { freePort } from "../support/free-port";
import { containersOf, errorOf, expectExit, ledgerEntries, networksOf, saidBy, stackTrace } from "./support-outcome";
import { useRealPodman, WrappedPodman } from "./support-podman";
import { startVagrantp, type Running } from "./support-running";

jest.setTimeout(180_000);

const base = ["MEMORY=512", "CPUS=1", "COMMAND=sleep infinity"];

interface UpOutput {
  readonly instance: InstanceReport;
}

describeWithEngine("a run that is cut off", () => {
  let sandbox: Sandbox;
  let podman: WrappedPodman;
  let web: string;
  let running: Running | undefined;

  beforeEach(async () => {
    sandbox = new Sandbox();
    web = sandbox.project("web", [...base, `PORTS=${await freePort()}:80`]);
    podman = new WrappedPodman(sandbox);
  });
  afterEach(async () => {
    // What a failed test left waiting goes on, so that it ends before its files go.
    podman.release();
    running?.process.kill("SIGKILL");
    await running?.ended;
    running = undefined;
    await sandbox.dispose();
  });

  /** Starts `vagrantp`, waits until it is inside this subcommand of podman, and sends the signal. */
  async function cutOff(signal: NodeJS.Signals, subcommand: string, ...parameters: string[]): Promise<void> {
    podman.holdNext(subcommand);
    running = startVagrantp(sandbox, web, ...parameters);
    const early = running.ended.then((ended) => {
      throw new Error(`ended before \`podman ${subcommand}\` with ${ended.exitCode}, and said:\n${saidBy(ended)}`);
    });
    await Promise.race([podman.held(), early]);
    running.process.kill(signal);
  }

  async function interrupt(subcommand: string, ...parameters: string[]): Promise<Ended> {
    await cutOff("SIGINT", subcommand, ...parameters);
    const ended = await running!.ended;
    podman.release();
    useRealPodman(sandbox);
    return ended;
  }

  /** All containers of the project: name and state. */
  async function containers(): Promise<readonly string[]> {
    return (await containersOf(sandbox)).map((line) => line.slice(line.indexOf(" ") + 1));
  }

  describe.each(["inspect", "run"])("by Ctrl-C in a first `up`, inside `podman %s`", (subcommand) => {
    test("undoes what was begun and says so, and a following `up` succeeds", async () => {
      const ended = await interrupt(subcommand, "up");
      expectExit(ended, 1);
      expect(ended.stderr).toMatch(/undone: there is no instance/);
      expect(saidBy(ended)).not.toMatch(stackTrace);
      expect(await containers()).toEqual([]);
      expect(await networksOf(sandbox, web)).toEqual([]);
      expect(ledgerEntries(sandbox)).toEqual([]);

      const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
      expect(await containers()).toEqual([`${instance.name} running`]);
    });
  });

  test("by kill -9 of an `rm` whose engine goes on is not taken for unchanged by the next `up`", async () => {
    await sandbox.vagrantpJson<UpOutput>(web, "up");
    running = startVagrantp(sandbox, web, "rm");
    const child = running.process;
    child.stderr!.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("starting the engine")) child.kill("SIGKILL");
    });
    await running.ended;
    expect(await sandbox.vagrantpJson<UpOutput>(web, "up")).toMatchObject({ changed: true });
    expect(await sandbox.vagrantpJson<UpOutput>(web, "up")).toMatchObject({ changed: false });
  });

  test("by Ctrl-C in a first `up --json` prints one error object", async () => {
    const ended = await interrupt("run", "up", "--json");
    expectExit(ended, 1);
    expect(errorOf(ended).message).toMatch(/undone: there is no instance/);
  });

  describe.each(["commit", "run"])("by Ctrl-C in an `up` that makes it again, inside `podman %s`", (at) => {
    test("leaves a whole instance with its files, and the next `up` finishes the change", async () => {
      const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
      expectExit(await sandbox.vagrantp(web, "ssh", "--", "sh", "-c", "echo kept > /var/work"), 0);
      const port = await freePort();
      sandbox.settings(web, [...base, `PORTS=${port}:80`]);

      const ended = await interrupt(at, "up");
      expectExit(ended, 1);
      expect(ended.stderr).toMatch(/^Stopped at your request/m);
      expect(saidBy(ended)).not.toMatch(stackTrace);
      expect(await containers()).toEqual([`${instance.name} running`]);
      expect((await sandbox.vagrantp(web, "ssh", "--", "cat", "/var/work")).stdout).toBe("kept\n");

      const again = await sandbox.vagrantpJson<UpOutput>(web, "up");
      expect(again.instance.ports).toMatchObject([{ host: port }]);
      expect(await containers()).toEqual([`${instance.name} running`]);
      expect((await sandbox.vagrantp(web, "ssh", "--", "cat", "/var/work")).stdout).toBe("kept\n");
      expectExit(await sandbox.vagrantp(web, "drift"), 0);
    });
  });

  describe("by Ctrl-C in `rm`", () => {
    let ended: Ended;

    beforeEach(async () => {
      await sandbox.vagrantpJson<UpOutput>(web, "up");
      ended = await interrupt("rm", "rm");
    });

    test("says that it stopped, and how to go on", () => {
      expectExit(ended, 1);
      expect(ended.stderr).toMatch(/Run `vagrantp rm` to go on\./);
      expect(saidBy(ended)).not.toMatch(stackTrace);
    });

    test("is finished by the next `rm`", async () => {
      const [stack] = readdirSync(sandbox.home.projectsDirectory);
      expect(await sandbox.vagrantpJson(web, "rm")).toMatchObject({ removed: true });
      expect(await sandbox.podman("ps", "--all", "--quiet", "--filter", `label=groundwork.stack=${stack}`)).toBe("");
      expect(ledgerEntries(sandbox)).toEqual([]);
      expect(readdirSync(sandbox.home.projectsDirectory)).toEqual([]);
    });
  });

  describe.each(["inspect", "run"])("by kill -9 in a first `up`, inside `podman %s`", (subcommand) => {
    test("is finished by the next `up`, which waits for an engine that still runs", async () => {
      await cutOff("SIGKILL", subcommand, "up");
      await running!.ended;
      podman.release();

      const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
      expect(await containers()).toEqual([`${instance.name} running`]);
      expectExit(await sandbox.vagrantp(web, "drift"), 0);
    });
  });
});
