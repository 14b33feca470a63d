/** What containers that meet virtual machines have of them, on the real Podman and the real libvirt, without a machine. */

import { writeFileSync } from "node:fs";
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { createDriver } from "../../drivers";
import { differences, type DesiredInstance, type Driver, type Observation } from "../../drivers/driver";
import { macOf } from "../../drivers/vagrant/mac";
import { parseNetworks, type LibvirtNetwork } from "../../drivers/vagrant/network-xml";
import type { InstanceSpec } from "../../settings/instance-spec";
import { stackNetwork } from "../../settings/stack-network";
import { hostSetup, type Sandbox } from "../support/sandbox";
import { freeSubnet, sleeper, useDriver } from "./support-driver";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(120_000);

describeWithMachines("a container in a stack with virtual machines", () => {
  let sandbox: Sandbox, driver: Driver, host: string, subnet: string;
  useDriver((world) => ({ sandbox, driver, host } = world));
  beforeEach(() => {
    subnet = freeSubnet();
  });
  afterEach(async () => {
    await virsh("net-destroy", theirs().name).catch(() => undefined);
    await virsh("net-undefine", theirs().name).catch(() => undefined);
  });

  const theirs = () => stackNetwork(`stack-${host}`, subnet);
  const meeting = (ids: readonly string[], over: Partial<InstanceSpec> = {}) =>
    sleeper(host, over, ids.length === 0 ? {} : { machines: { network: theirs(), ids } });
  const libvirt = async (): Promise<LibvirtNetwork> => parseNetworks(await virsh("net-dumpxml", theirs().name))[0]!;
  const inside = ({ identity }: DesiredInstance, ...command: string[]) =>
    sandbox.podman("exec", identity.name, ...command);
  const propertiesOf = async ({ identity }: DesiredInstance) => {
    const [seen] = (await driver.observe([identity])) as [Extract<Observation, { state: "present" }>];
    return seen.properties;
  };
  const networks = () =>
    sandbox.podman("network", "ls", "--filter", `label=groundwork.host=${host}`, "--format", "{{.Name}}");
  /** What a machine is told, asking its network's name server. */
  const resolved = async (name: string) => {
    const resolver = new Resolver({ timeout: 2000 });
    resolver.setServers([subnet.replace(/0\/24$/, "1")]);
    return resolver.resolve4(name);
  };

  async function expectMeeting(web: DesiredInstance): Promise<void> {
    const { containers, reserved } = await libvirt();
    const addresses = (await inside(web, "hostname", "-I")).trim().split(" ");
    expect(addresses).toContain(containers.find(({ name }) => name === "web")!.ip);
    expect(addresses).toContain((await resolved("web"))[0]);
    // A machine remembers by it where an address was.
    expect(await inside(web, "sh", "-c", "cat /sys/class/net/*/address")).toContain(macOf(web.identity));
    const { ip } = reserved.find(({ mac }) => mac === macOf({ ...web.identity, id: "database" }))!;
    expect(await inside(web, "getent", "hosts", "database")).toMatch(new RegExp(`^${ip}\\s+database$`));
    expect(await propertiesOf(web)).toEqual(web.properties);
  }

  test("knows a machine that is still to be made, and is known; also when somebody restarts it", async () => {
    const web = meeting(["database"]);
    await driver.ensure(web, undefined);
    await expectMeeting(web);
    await sandbox.podman("restart", "--time", "0", web.identity.name);
    await expectMeeting(web);
  });

  /** What a person does, and the properties that it changes. */
  const byHand: [string, (web: DesiredInstance) => Promise<unknown>, string[]][] = [
    [
      "its name is taken from libvirt",
      () => virsh("net-update", theirs().name, "delete", "dns-host", "<host><hostname>web</hostname></host>", "--live"),
      ["machines"],
    ],
    [
      "it is taken off the machines' network",
      ({ identity }) => sandbox.podman("network", "disconnect", theirs().name, identity.name),
      ["network", "machines"],
    ],
    [
      "the machines' network is made anew under its interface",
      async () => {
        await virsh("net-destroy", theirs().name);
        await virsh("net-start", theirs().name);
      },
      ["machines"],
    ],
    [
      "the address that it knows of a machine is taken from that",
      async () => {
        const [{ mac } = { mac: "" }] = (await libvirt()).reserved;
        await virsh(
          "net-update",
          theirs().name,
          "delete",
          "ip-dhcp-host",
          `<host mac='${mac}'/>`,
          "--live",
          "--config",
        );
      },
      ["machines"],
    ],
  ];
  test("has drifted when any of it is taken away by hand, and is mended with its files", async () => {
    const web = meeting(["database"]);
    await driver.ensure(web, undefined);
    await inside(web, "touch", "/var/work");
    for (const [what, change, names] of byHand) {
      await change(web);
      const seen = await propertiesOf(web);
      expect([what, differences(seen, web.properties), seen.machines]).toEqual([what, names, []]);
      expect([what, (await driver.ensure(web, undefined)).change]).toEqual([what, "recreate"]);
      await expectMeeting(web);
    }
    await inside(web, "test", "-e", "/var/work");
  });

  test("is made again with its files when the machines are others, and leaves them when there are none", async () => {
    await driver.ensure(meeting(["database"]), undefined);
    const web = meeting(["cache", "database"]);
    await inside(web, "touch", "/var/work");
    expect(await driver.ensure(web, undefined)).toMatchObject({ change: "recreate" });
    await expectMeeting(web);
    const alone = meeting([]);
    expect(await driver.ensure(alone, undefined)).toMatchObject({ change: "recreate" });
    await inside(alone, "test", "-e", "/var/work");
    expect(await propertiesOf(alone)).toEqual(alone.properties);
    expect(await networks()).toBe(alone.network.name);
    expect((await libvirt()).containers).toEqual([]);
  });

  test("starts again where the machines' network stood still", async () => {
    const stopped = meeting(["database"], { power: "stopped" });
    await driver.ensure(meeting(["database"]), undefined);
    await driver.ensure(stopped, undefined);
    expect(await propertiesOf(stopped)).toEqual(expect.objectContaining({ machines: ["database"] }));
    await virsh("net-destroy", theirs().name);
    const web = meeting(["database"]);
    expect(await driver.ensure(web, undefined)).toMatchObject({ change: "restart" });
    await expectMeeting(web);
  });

  test("takes its name along when it goes, and with the last machine's address the network", async () => {
    const [web, worker] = [meeting(["database"]), meeting(["database"], { id: "worker" })];
    for (const one of [web, worker]) await driver.ensure(one, undefined);
    await driver.remove(worker.identity);
    expect((await libvirt()).containers.map(({ name }) => name)).toEqual(["web"]);
    await sandbox.podman("rm", "--force", "--time", "0", web.identity.name);
    await driver.remove(web.identity);
    expect([await networks(), (await libvirt()).containers]).toEqual(["", []]);
    const options = { digest: JSON.stringify, machines: { directory: sandbox.root, images: sandbox.root } };
    const database = { ...web.identity, id: "database", name: `database-${host}`, backend: "libvirt" };
    await createDriver("libvirt", options).remove(database);
    expect(await virsh("net-list", "--all", "--name")).not.toContain(theirs().name);
  });

  test("is refused, and left running, where libvirt does not answer", async () => {
    await driver.ensure(meeting(["database"]), undefined);
    const environment = { ...sandbox.environment, LIBVIRT_DEFAULT_URI: "qemu+unix:///system?socket=/nowhere" };
    const without = createDriver("podman", {
      ...{ environment, digest: JSON.stringify, paths: { podman: hostSetup!.podman!.path } },
    });
    const web = meeting(["cache", "database"]);
    await expect(without.ensure(web, undefined)).rejects.toMatchObject({ code: "PROVIDER_NOT_AVAILABLE" });
    expect((await without.observe([web.identity]))[0]).toMatchObject({ active: true, properties: { running: true } });
  });

  /** Podman, when it joins nothing any more to a network: it is just taking down those of a container that has ended. */
  function latePodman(name: string): Driver {
    const podman = join(sandbox.root, "podman");
    const real = hostSetup!.podman!.path;
    const script = `case "$*" in *"network connect"*) ${real} wait ${name} >&2; exit 125;; esac\nexec ${real} "$@"`;
    writeFileSync(podman, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const { environment } = sandbox;
    return createDriver("podman", { environment, digest: JSON.stringify, paths: { podman } });
  }

  test("that could not be made says why, and leaves nothing behind", async () => {
    const web = meeting(["database"], { command: ["no-such-program"] });
    const making = latePodman(web.identity.name).ensure(web, undefined);
    await expect(making).rejects.toThrow("web: its program ended at once");
    expect([await networks(), (await libvirt()).containers]).toEqual(["", []]);
  });
});
