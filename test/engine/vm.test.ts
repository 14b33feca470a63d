/**
 * One project's life with INFRA_TYPE=vm, on the real engine and a real libvirt; what the driver does alone is in contract/.
 * A boot takes a minute where machines are emulated, so there is one story: that of the guides, word for word, and what
 * happens to their machine in between. Each test looks at one step of it.
 */

import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { x } from "tinyexec";
import { defaultFile, projectHash } from "../../settings/identity";
import { Sandbox, type Ended } from "../support/sandbox";
import { comparable, Reader, readSteps, type Step } from "./support-guide";
import { killAll, runAndKill } from "./support-kill";
import { expectExit, ledgerEntries, until } from "./support-outcome";
import { startVagrantp } from "./support-running";
import { cloudImage, describeWithCloudImage, describeWithMachines, takeMemory, virsh } from "./support-vm";

jest.setTimeout(900_000);

const guide = readSteps("docs/guides/virtual-machines.md");
const firstUp = guide.findIndex(({ command }) => command === "vagrantp up");
const [writing, life, removing] = [guide.slice(0, firstUp), guide.slice(firstUp, -1), guide.slice(-1)];

describeWithMachines("a virtual machine", () => {
  let sandbox: Sandbox, reader: Reader, garden: string, name: string;
  const vagrantp = (...words: string[]) => sandbox.vagrantp(garden, ...words);

  beforeAll(async () => {
    sandbox = new Sandbox();
    reader = new Reader(sandbox);
    await reader.follow(writing);
    garden = join(reader.home, "garden");
    name = `garden-${projectHash(garden, defaultFile)}`;
  });
  afterAll(async () => {
    await vagrantp("rm", "--force");
    await sandbox.dispose();
  });

  describe("that is killed while it is made", () => {
    let begun: readonly string[], forced: Ended, left: unknown, isKilled: boolean;
    beforeAll(async () => {
      await killAtWork(sandbox, garden);
      begun = machineFolders(sandbox);
      forced = await vagrantp("rm", "--force");
      left = await leftOf(sandbox, name);
      isKilled = await runAndKill(sandbox, garden, ["up"], "actuator", 3_000);
    });

    test("is removed by `rm --force`, with all that it had", () => {
      expect(begun).toHaveLength(1);
      expectExit(forced, 0);
      expect(left).toEqual(nothing);
    });

    test("stays half made when its actuator is killed, until the next `up`", () => {
      expect(isKilled).toBe(true);
    });
  });

  describe("of the guide", () => {
    let real: readonly Step[], keys: string, drifted: Ended, repaired: Ended, entered: Ended;
    beforeAll(async () => {
      const stop = life.findIndex(({ command }) => command === "vagrantp stop");
      real = await reader.follow(life.slice(0, stop));
      keys = (await vagrantp("ssh", "--", "sh", "-c", "cat ~/.ssh/authorized_keys")).stdout;
      await takeMemory(name);
      drifted = await vagrantp("drift");
      await x("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(reader.home, "other")]);
      const settings = readFileSync(join(garden, defaultFile), "utf8");
      writeFileSync(join(garden, defaultFile), `${settings}SSH_KEY=../other\n`);
      await vagrantp("up");
      entered = await vagrantp("ssh", "--", "true");
      writeFileSync(join(garden, defaultFile), settings);
      repaired = await vagrantp("drift");
      real = [...real, ...(await reader.follow(life.slice(stop)))];
    });

    test("does what docs/guides/virtual-machines.md says", () => {
      expect(comparable(real)).toEqual(comparable(life));
    });

    test("lets in the key that was made for it alone, and Vagrant's no more", () => {
      expect(keys.trim().split("\n")).toEqual([expect.not.stringContaining("vagrant insecure")]);
    });

    test("has drifted when its memory was changed by hand", () => {
      expectExit(drifted, 7);
      // The guest gives its memory back bit by bit.
      expect(drifted.stdout).toMatch(/memoryMiB: promised 512, real (?!512)\d+/);
    });

    test("has drifted no more after the next `up`", () => {
      expectExit(repaired, 0);
    });

    test("lets in by the key that it was made for, though SSH_KEY was changed meanwhile", () => {
      expectExit(entered, 0);
    });

    test("is shut off by `stop`", async () => {
      expect(await virsh("domstate", name)).toBe("shut off");
    });
  });

  describeWithCloudImage("that becomes one from a cloud image", () => {
    const steps = readSteps("docs/guides/cloud-images.md");
    let real: readonly Step[];
    beforeAll(async () => {
      const image = join(garden, "debian-12-genericcloud-amd64.qcow2");
      symlinkSync(cloudImage!, image);
      const sum = (await x("sha512sum", [image])).stdout.split(" ")[0] ?? "";
      writeFileSync(join(garden, "SHA512SUMS"), `${sum}  debian-12-genericcloud-amd64.qcow2\n`);
      real = await reader.follow(steps);
    });

    test("does what docs/guides/cloud-images.md says", () => {
      expect(comparable(real)).toEqual(comparable(steps));
    });

    test("is set up by cloud-init without an error", async () => {
      const status = await vagrantp("ssh", "--", "cloud-init", "status", "--wait", "--format", "json");
      expectExit(status, 0);
      expect(JSON.parse(status.stdout.slice(status.stdout.indexOf("{")))).toMatchObject({ status: "done", errors: [] });
    });

    test("lets in the user's own key alone", async () => {
      const { stdout } = await x("ssh-keygen", ["-y", "-f", join(garden, "key")]);
      const keys = await vagrantp("ssh", "--", "sh", "-c", "cat ~/.ssh/authorized_keys");
      const [kind, key] = stdout.trim().split(" ");
      expect(keys.stdout.trim().split("\n")).toEqual([expect.stringContaining(`${kind!} ${key!}`)]);
    });

    test("leaves the disk of the old one, whole in itself", async () => {
      const [kept = ""] = (await volumes()).filter((volume) => volume.startsWith(`${name}.kept-`));
      expect(await virsh("vol-dumpxml", kept, "default")).not.toContain("<backingStore>");
    });
  });

  test("is removed by `rm` with all that it had", async () => {
    expect(await reader.follow(removing)).toEqual(removing);
    expect(await leftOf(sandbox, name)).toEqual(nothing);
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
async function leftOf(sandbox: Sandbox, name: string) {
  const domains = (await virsh("list", "--all", "--name")).split("\n");
  const networks = (await virsh("net-list", "--all", "--name")).split("\n");
  const atLibvirt = [...domains, ...networks, ...(await volumes())].filter((line) => line.includes(name));
  return { atLibvirt, folders: machineFolders(sandbox), promised: ledgerEntries(sandbox) };
}

/** None where Vagrant, whose first `up` makes the pool, was stopped before it came to that. */
async function volumes(): Promise<readonly string[]> {
  const pools = (await virsh("pool-list", "--all", "--name")).split("\n").map((line) => line.trim());
  if (!pools.includes("default")) return [];
  return (await virsh("vol-list", "default")).split("\n").map((line) => line.trim().split(/\s+/)[0] ?? "");
}

function machineFolders(sandbox: Sandbox): readonly string[] {
  const { machinesDirectory } = sandbox.home;
  return existsSync(machinesDirectory) ? readdirSync(machinesDirectory) : [];
}
