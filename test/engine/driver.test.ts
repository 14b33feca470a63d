/** The driver on the real Podman, without the engine: what it lists, and what it reads of running containers. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { join } from "node:path";
import type { Usage, Driver } from "../../drivers/driver";
import { describeWithEngine, hostSetup, type Sandbox } from "../support/sandbox";
import { freePort } from "../support/free-port";
import { sleeper, uniqueHost, useDriver } from "./support-driver";

jest.setTimeout(60_000);

/**
 * Kills podman as it makes a container of this name, in the moment when the container's storage is written down and the
 * container is not; returns the storage's id.
 */
async function killWhileCreating(sandbox: Sandbox, name: string): Promise<string> {
  const root = await sandbox.podman("info", "--format", "{{.Store.GraphRoot}}");
  for (let tries = 0; tries < 10; tries++) {
    const storage = watch(join(root, "overlay-containers"));
    const create = ["create", "--name", name, hostSetup!.image.name, "true"];
    const podman = spawn(hostSetup!.podman!.path, create, { env: sandbox.environment, stdio: "ignore" });
    storage.on("change", (_event, file) => {
      if (file === "containers.json") podman.kill("SIGKILL");
    });
    await once(podman, "exit");
    storage.close();
    const id = await orphanOf(sandbox, name);
    if (id !== undefined) return id;
    await sandbox.podman("rm", "--force", "--ignore", name);
  }
  throw new Error("podman was killed ten times, and never in that moment");
}

async function orphanOf(sandbox: Sandbox, name: string): Promise<string | undefined> {
  const all = await sandbox.podman("ps", "--all", "--external", "--format", "{{.ID}} {{.Names}} {{.Status}}");
  return all
    .split("\n")
    .find((line) => line.endsWith(` ${name} Storage`))
    ?.split(" ")[0];
}

describeWithEngine("the driver on Podman", () => {
  let sandbox: Sandbox, driver: Driver, host: string;
  useDriver((world) => ({ sandbox, driver, host } = world));

  test("lists what it made on this host, with all that a ledger's entry needs", async () => {
    const port = { host: await freePort(), inside: 80, protocol: "tcp", address: "127.0.0.1" } as const;
    const spec = { ports: [{ ...port, host: "auto" as const }] };
    const desired = sleeper(host, spec, { ports: [port], projectDirectory: "/srv/web" });
    const { objectId } = await driver.ensure(desired, undefined);
    expect(await driver.list(host)).toEqual([
      {
        identity: desired.identity,
        objectId,
        running: true,
        memoryMiB: 64,
        cpus: 1,
        ports: [{ ...port, automatic: true }],
        projectDirectory: "/srv/web",
      },
    ]);
  });

  test("lists nothing of another host", async () => {
    await driver.ensure(sleeper(host), undefined);
    expect(await driver.list(uniqueHost())).toEqual([]);
  });

  test("makes an instance whose podman was killed while it made it", async () => {
    const web = sleeper(host);
    await killWhileCreating(sandbox, web.identity.name);
    expect(await driver.ensure(web, undefined)).toMatchObject({ change: "create" });
  });

  test("removes what a podman left that was killed while it made an instance", async () => {
    const { identity } = sleeper(host);
    await killWhileCreating(sandbox, identity.name);
    await driver.remove(identity);
    expect(await orphanOf(sandbox, identity.name)).toBeUndefined();
  });

  test("tells that a busy instance uses a processor, and how much memory", async () => {
    const busy = sleeper(host, { command: ["sh", "-c", "while :; do :; done"] });
    await driver.ensure(busy, undefined);
    const [seen] = await driver.observe([busy.identity], { usage: true });
    const { cpuPercent, memoryMiB } = (seen as { usage: Usage }).usage;
    expect(cpuPercent).toBeGreaterThan(10);
    expect(memoryMiB).toBeLessThan(64);
  });
});

describeWithEngine("what instances that are gone left", () => {
  let sandbox: Sandbox, driver: Driver, host: string;
  useDriver((world) => ({ sandbox, driver, host } = world));

  test("is a network without containers and the layer of a lost container, and it goes when it is told to", async () => {
    const { identity, network } = sleeper(host);
    await driver.ensure(sleeper(host), undefined);
    await driver.ensure(sleeper(host, { command: ["sleep", "1000"] }), undefined);
    expect(await driver.leftovers(host)).toEqual([]);
    await sandbox.podman("rm", "--force", "--time", "0", identity.name);
    const leftovers = await driver.leftovers(host);
    expect(leftovers.map(({ kind, name, stack }) => [kind, name, stack])).toEqual([
      ["network", network.name, identity.stack],
      ["image", `localhost/groundwork/layer/${identity.name}:latest`, identity.stack],
    ]);
    for (const leftover of leftovers) await driver.removeLeftover(leftover);
    expect(await driver.leftovers(host)).toEqual([]);
  });
});
