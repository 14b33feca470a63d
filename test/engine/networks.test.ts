/** The network of a stack, on the real Podman: who reaches whom by real packets, and how long it stays. */

import type { DesiredInstance, Driver } from "../../drivers/driver";
import { describeWithEngine, type Sandbox } from "../support/sandbox";
import { freePort } from "../support/free-port";
import { freeSubnet, sleeper, useDriver } from "./support-driver";
import { until } from "./support-outcome";

jest.setTimeout(120_000);

const serve = { command: ["python3", "-m", "http.server", "80", "--directory", "/etc"] };

describeWithEngine("the network of a stack", () => {
  let sandbox: Sandbox, driver: Driver, host: string;
  useDriver((world) => ({ sandbox, driver, host } = world));

  /** Whether one instance gets an answer of another, asked by name or address, within a second. */
  async function reaches({ identity }: DesiredInstance, address: string): Promise<boolean> {
    const code = `import urllib.request; urllib.request.urlopen("http://${address}/hostname", timeout=1)`;
    const [program = "", ...rest] = driver.execCommand(identity, ["python3", "-c", code], false);
    return (await sandbox.run(program, rest, sandbox.root)).exitCode === 0;
  }

  function addressOf({ identity, network }: DesiredInstance): Promise<string> {
    const format = `{{(index .NetworkSettings.Networks "${network.name}").IPAddress}}`;
    return sandbox.podman("inspect", "--format", format, identity.name);
  }

  async function up(...instances: DesiredInstance[]): Promise<void> {
    for (const instance of instances) await driver.ensure(instance, undefined);
    for (const instance of instances) await until("it listens", () => reaches(instance, "127.0.0.1"));
  }

  const networksOf = () =>
    sandbox.podman("network", "ls", "--filter", `label=groundwork.host=${host}`, "--format", "{{.Name}}");

  const propertiesOf = async ({ identity }: DesiredInstance) => {
    const [observation] = await driver.observe([identity]);
    return observation?.state === "present" ? observation.properties : undefined;
  };

  test("lets its instances reach each other by id, and keeps other stacks' away, both ways", async () => {
    const web = sleeper(host, serve);
    const database = sleeper(host, { ...serve, id: "database" });
    const other = sleeper(host, { ...serve, id: "other" }, { stack: `other-${host}`, subnet: freeSubnet() });
    await up(web, database, other);
    expect(await reaches(web, "database")).toBe(true);
    expect(await reaches(database, "web")).toBe(true);
    expect(await reaches(web, await addressOf(other))).toBe(false);
    expect(await reaches(other, await addressOf(web))).toBe(false);
    expect(await reaches(other, "web")).toBe(false);
  });

  test("keeps other stacks' away also when a third one's has gone with its last instance", async () => {
    const [web, other, third] = ["web", "other", "third"].map((id) =>
      sleeper(host, { ...serve, id }, { stack: `${id}-${host}`, subnet: freeSubnet() }),
    ) as [DesiredInstance, DesiredInstance, DesiredInstance];
    await up(web, other, third);
    await driver.remove(third.identity);
    expect(await reaches(web, await addressOf(other))).toBe(false);
    expect(await reaches(other, await addressOf(web))).toBe(false);
  });

  test("leaves published ports reachable from the host", async () => {
    const port = { host: await freePort(), inside: 80, protocol: "tcp", address: "127.0.0.1" } as const;
    await up(sleeper(host, { ...serve, ports: [port] }, { ports: [port] }));
    expect((await fetch(`http://127.0.0.1:${port.host}/hostname`)).status).toBe(200);
  });

  test("goes with its last instance, and not before", async () => {
    const web = sleeper(host);
    const database = sleeper(host, { id: "database" });
    await driver.ensure(web, undefined);
    await driver.ensure(database, undefined);
    await driver.remove(web.identity);
    expect(await networksOf()).toBe(web.network.name);
    await driver.remove(database.identity);
    expect(await networksOf()).toBe("");
  });

  test("when an instance was taken off it, is drift, and is mended with the files written inside", async () => {
    const web = sleeper(host);
    await driver.ensure(web, undefined);
    await sandbox.podman("exec", web.identity.name, "touch", "/var/work");
    await sandbox.podman("network", "disconnect", web.network.name, web.identity.name);
    expect(await propertiesOf(web)).toMatchObject({ network: "" });
    expect(await driver.ensure(web, undefined)).toMatchObject({ change: "recreate" });
    expect(await propertiesOf(web)).toEqual(web.properties);
    await sandbox.podman("exec", web.identity.name, "test", "-e", "/var/work");
  });

  test("when it was made again with another subnet, is drift, and is mended for all its instances", async () => {
    const web = sleeper(host);
    const database = sleeper(host, { id: "database" });
    const both = [web, database];
    for (const instance of both) await driver.ensure(instance, undefined);
    const { name } = web.network;
    for (const { identity } of both) await sandbox.podman("network", "disconnect", name, identity.name);
    await sandbox.podman("network", "rm", name);
    const labels = ["--label", `groundwork.host=${host}`, "--label", `groundwork.stack=${web.identity.stack}`];
    const subnet = freeSubnet();
    await sandbox.podman("network", "create", ...labels, "--subnet", subnet, name);
    for (const { identity } of both) await sandbox.podman("network", "connect", name, identity.name);
    expect(await propertiesOf(web)).toMatchObject({
      network: expect.stringContaining(`(${subnet.replace(/0\/24$/, "")}`) as string,
    });
    for (const instance of both) await driver.ensure(instance, undefined);
    expect(await Promise.all(both.map(propertiesOf))).toEqual(both.map(({ properties }) => properties));
  });

  test("is not taken from somebody else who has its name", async () => {
    const web = sleeper(host);
    await sandbox.podman("network", "create", "--subnet", freeSubnet(), web.network.name);
    try {
      await expect(driver.ensure(web, undefined)).rejects.toMatchObject({ code: "INFRA_EXISTS" });
    } finally {
      await sandbox.podman("network", "rm", web.network.name);
    }
  });
});
