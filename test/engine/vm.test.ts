/** One real virtual machine under libvirt, through the tool: each boot takes a minute, so the tests share it, in this order of its life. */

import { readdirSync } from "node:fs";
import { Sandbox } from "../support/sandbox";
import { freePort } from "../support/free-port";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(600_000);

describeWithMachines("a virtual machine", () => {
  let sandbox: Sandbox;
  let directory: string;
  let port: number;
  const name = `gw-vm-test-${String(process.pid)}`;
  const settings = (memory: number, disk: number) => [
    ...["INFRA_TYPE=vm", `INFRA_ID=${name}`, "CPUS=1", "ENV_GREETING='hello world'"],
    ...[`MEMORY=${String(memory)}`, `DISK_SIZE=${String(disk)}`, `PORTS=${String(port)}:22`],
  ];
  const inside = async (line: string) =>
    (await sandbox.vagrantp(directory, "ssh", "--", "sh", "-c", line)).stdout.trim();
  const drift = () => sandbox.vagrantp(directory, "drift");
  const up = async () => {
    const ended = await sandbox.vagrantp(directory, "up");
    expect([ended.exitCode, ended.stderr]).toEqual([0, expect.any(String)]);
  };

  beforeAll(async () => {
    sandbox = new Sandbox();
    port = await freePort();
    directory = sandbox.project("web", settings(512, 5));
    const ended = await sandbox.vagrantp(directory, "up");
    if (ended.exitCode !== 0) throw new Error(ended.stderr);
  });
  afterAll(async () => {
    await sandbox.vagrantp(directory, "rm", "--force");
    await sandbox.dispose();
  });

  test("is logged into by a key of its own, with its variables, and tells the program's status", async () => {
    const ended = await sandbox.vagrantp(directory, "ssh", "--", "sh", "-c", 'echo "$GREETING"; hostname; exit 3');
    expect([ended.stdout, ended.exitCode]).toEqual([`hello world\n${name}\n`, 3]);
  });

  test("does not know Vagrant's key any more", async () => {
    expect(await inside("grep -c . ~/.ssh/authorized_keys; grep -c 'vagrant insecure' ~/.ssh/authorized_keys")).toBe(
      "1\n0",
    );
  });

  test("that is changed gets its memory and its disk, and keeps its files", async () => {
    await inside("echo kept > ~/kept");
    sandbox.settings(directory, settings(640, 6));
    await up();
    const [memory = 0, disk = 0, kept] = (
      await inside("free -m | awk '/Mem/ {print $2}'; df -BG --output=size / | tail -1; cat ~/kept")
    )
      .split("\n")
      .map((line) => (line === "kept" ? line : Number.parseInt(line, 10)));
    expect([Number(memory) > 550, disk, kept]).toEqual([true, 6, "kept"]);
  });

  test("whose disk would shrink is refused", async () => {
    sandbox.settings(directory, settings(640, 5));
    const ended = await sandbox.vagrantp(directory, "up");
    expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining("a disk never shrinks")]);
    sandbox.settings(directory, settings(640, 6));
    await up();
  });

  test("whose memory was changed behind our back has drifted, and is repaired in place", async () => {
    await virsh("setmem", name, "600M", "--live");
    const ended = await drift();
    expect([ended.exitCode, ended.stdout]).toEqual([7, expect.stringContaining("memoryMiB: promised 640")]);
    await up();
    expect((await drift()).exitCode).toBe(0);
  });

  test("whose forwarding ended has drifted, and forwards the same port again", async () => {
    const folder = sandbox.home.machinesDirectory;
    const [machine = ""] = readdirSync(folder);
    await sandbox.run("ssh", ["-S", `${folder}/${machine}/ssh`, "-O", "exit", "any"], directory);
    const ended = await drift();
    expect([ended.exitCode, ended.stdout]).toEqual([7, expect.stringContaining("ports: promised")]);
    await up();
    expect((await drift()).exitCode).toBe(0);
  });

  test("that was undefined has drifted, and comes back with its files and its port", async () => {
    await virsh("destroy", name);
    await virsh("undefine", name);
    const ended = await drift();
    expect([ended.exitCode, ended.stdout]).toEqual([7, expect.stringContaining("exists: promised true, real false")]);
    await up();
    expect(await inside("cat ~/kept")).toBe("kept");
  });

  test("is stopped, is no drift then, and is removed with all that it had", async () => {
    expect((await sandbox.vagrantp(directory, "stop")).exitCode).toBe(0);
    expect([await virsh("domstate", name), (await drift()).exitCode]).toEqual(["shut off", 0]);
    expect((await sandbox.vagrantp(directory, "rm")).exitCode).toBe(0);
    const left = [
      await virsh("list", "--all", "--name"),
      await virsh("vol-list", "default"),
      await virsh("net-list", "--all", "--name"),
    ];
    expect([left.join("\n").includes(name), readdirSync(sandbox.home.machinesDirectory)]).toEqual([false, []]);
  });
});
