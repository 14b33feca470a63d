/**
 * The networks of a real virtual machine under libvirt: its stack's own, and an address of its own on a bridge. A boot takes
 * a minute where it is emulated, so the tests share one machine, in this order of its life.
 */

import { tmpdir } from "node:os";
import { isReached } from "../../drivers/vagrant/bridges";
import { hostSetup, Sandbox } from "../support/sandbox";
import { containersOf, errorOf, expectExit, ledgerEntries, saidBy, until } from "./support-outcome";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(400_000);

/** A network for this file, that no other uses: /24 of the second half of 172.16.0.0/12. */
const network = "172.30.219";
const bridge = `groundwork.bridge-${network.replaceAll(".", "-")}`;
const podman = hostSetup?.podman?.path ?? "podman";
const ask = (address: string, port: number) =>
  `import socket; socket.create_connection(("${address}", ${String(port)}), 3)`;

describeWithMachines("the networks of a virtual machine", () => {
  let sandbox: Sandbox;
  let machine: string;
  const name = `gw-vm-network-${String(process.pid)}`;
  const settings = (address: string) => [
    ...["INFRA_TYPE=vm", `INFRA_ID=${name}`, "CPUS=1", "MEMORY=512"],
    ...["NETWORK_MODE=bridge", `IP_ADDRESS=${address}`],
  ];
  const inside = (...line: string[]) => sandbox.vagrantp(machine, "ssh", "--", ...line);

  beforeAll(async () => {
    sandbox = new Sandbox();
    machine = sandbox.project("machine", settings(`${network}.10`));
    expectExit(await sandbox.vagrantp(machine, "up"), 0);
  });
  afterAll(async () => {
    await sandbox.vagrantp(machine, "rm", "--force");
    await sandbox.dispose();
    await sandbox.run("virsh", ["-c", "qemu:///system", "net-destroy", bridge], tmpdir());
    await sandbox.run("virsh", ["-c", "qemu:///system", "net-undefine", bridge], tmpdir());
  });

  test("let this host reach its own address, which status and hosts tell", async () => {
    expect(await isReached(`${network}.10`)).toBe(true);
    expect((await sandbox.vagrantp(machine, "status")).stdout).toContain(`its own address: ${network}.10`);
    expect((await sandbox.vagrantp(machine, "hosts")).stdout).toBe(`${network}.10\t${name}.local\n`);
  });

  test("tell it the others of its stack by id", async () => {
    const [stack = ""] = (await virsh("domiflist", name))
      .split("\n")
      .flatMap((line) => line.match(/groundwork-\S+/) ?? []);
    const [, network = ""] = /ip address='([\d.]+)\.1'/.exec(await virsh("net-dumpxml", stack)) ?? [];
    const other = `<host ip='${network}.9'><hostname>other</hostname></host>`;
    await virsh("net-update", stack, "add", "dns-host", other, "--live");
    expect((await inside("getent", "hosts", "other")).stdout).toMatch(new RegExp(`^${network}\\.9\\s+other`));
  });

  test("keep it and the containers of other stacks apart, both ways", async () => {
    const web = sandbox.project("web", ["MEMORY=512", "COMMAND=python3 -m http.server 80"]);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    const [container = ""] = (await containersOf(sandbox)).map((line) => line.split(" ")[0]);
    const [theirs = ""] = (
      await sandbox.podman("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container)
    ).split("\n");
    const served = () => sandbox.run("python3", ["-c", ask(theirs, 80)], tmpdir());
    await until("the container serves this host", async () => (await served()).exitCode === 0);

    const fromMachine = await inside("python3", "-c", ask(theirs, 80));
    expect([fromMachine.exitCode, fromMachine.stderr]).toEqual([1, expect.stringMatching(/refused|unreachable|timed/)]);
    const own = (await inside("hostname", "-I")).stdout.trim().split(" ");
    expect(own).toContain(`${network}.10`);
    for (const address of own) {
      expect(await isReached(address)).toBe(true);
      const asked = await sandbox.run(podman, ["exec", container, "python3", "-c", ask(address, 22)], tmpdir());
      expect([asked.exitCode, asked.stderr]).toEqual([1, expect.stringMatching(/refused|unreachable|timed/)]);
    }
    expectExit(await sandbox.vagrantp(web, "rm"), 0);
  });

  test("take another address on while it runs, and keep its files", async () => {
    const boot = (await inside("cat", "/proc/sys/kernel/random/boot_id")).stdout;
    sandbox.settings(machine, settings(`${network}.11`));
    expectExit(await sandbox.vagrantp(machine, "up"), 0);
    expect([await isReached(`${network}.11`), await isReached(`${network}.10`)]).toEqual([true, false]);
    expect((await inside("cat", "/proc/sys/kernel/random/boot_id")).stdout).toBe(boot);
    const [entry] = ledgerEntries(sandbox);
    expect(entry).toMatchObject({ address: { address: `${network}.11`, automatic: false } });
  });

  test("are mended where somebody took its address away inside, or its card", async () => {
    const card = "$(ip -o address | sed -n 's/^[0-9]*: \\([^ ]*\\) .*172.30.219.*/\\1/p')";
    await inside("sh", "-c", `sudo ip address flush dev ${card}`);
    expect(await drifted()).toContain("ipAddress");
    expectExit(await sandbox.vagrantp(machine, "up"), 0);
    const second = (await virsh("domiflist", name)).split("\n").find((line) => line.includes(bridge)) ?? "";
    await virsh("detach-interface", name, "network", "--mac", second.trim().split(/\s+/).at(-1)!, "--live", "--config");
    expect(await drifted()).toContain("ipAddress");
    expectExit(await sandbox.vagrantp(machine, "up"), 0);
    expectExit(await sandbox.vagrantp(machine, "drift"), 0);
    expect(await isReached(`${network}.11`)).toBe(true);
  });

  test("refuse an address of theirs to a container, and go with the machine", async () => {
    const web = sandbox.project("web", ["MEMORY=512", "NETWORK_MODE=bridge", `IP_ADDRESS=${network}.12`]);
    const refused = errorOf(await sandbox.vagrantp(web, "up", "--json"));
    expect([refused.code, refused.message]).toEqual([
      "CONFIG_INVALID",
      expect.stringContaining(`${network}.12 is of ${network}.0/24, where virtual machines have their addresses`),
    ]);
    expectExit(await sandbox.vagrantp(web, "rm"), 0);
    expectExit(await sandbox.vagrantp(machine, "rm"), 0);
    expect(await virsh("net-list", "--all", "--name")).not.toContain(bridge);
  });

  const drifted = async () => {
    const drift = await sandbox.vagrantp(machine, "drift");
    expectExit(drift, 7);
    return saidBy(drift);
  };
});
