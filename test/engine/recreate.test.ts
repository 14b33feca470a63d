/** Making a container again, on the real Podman: nothing that was written inside is lost, whatever happens in between. */

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDriver } from "../../drivers";
import type { DesiredInstance, Driver } from "../../drivers/driver";
import { describeWithEngine, hostSetup, type Sandbox } from "../support/sandbox";
import { ended, useProgram } from "../unit/cli/bundle";
import { podmanDriver, sleeper, useDriver } from "./support-driver";

let sandbox: Sandbox, driver: Driver, host: string;
useDriver(
  (world) => ({ sandbox, driver, host } = world),
  (made) => podmanDriver(made, { mostLayers: 2 }),
);

const inside = ({ identity }: DesiredInstance, ...command: string[]) =>
  sandbox.podman("exec", identity.name, ...command);

const propertiesOf = async ({ identity }: DesiredInstance) => {
  const [observation] = await driver.observe([identity]);
  return observation?.state === "present" ? observation.properties : undefined;
};

/** The same instance with another command, which is fixed when a container is made. */
const changed = (image: string, nth: number) =>
  sleeper(host, { image, command: ["sleep", String(1000 + nth)], environment: { TOKEN: "x" } });

describeWithEngine("a changed container", () => {
  test("is made one layer after some, with its files, its variables and what the image says", async () => {
    const image = `localhost/groundwork-test/${host}:latest`;
    const maker = await sandbox.podman("create", hostSetup!.image.name, "true");
    sandbox.removeLater(maker);
    const config = ["ENV GREETING=hello world", "WORKDIR /opt", "USER 65534", 'VOLUME ["/data"]'];
    const changes = [...config, `LABEL groundwork.host=${host}`].flatMap((change) => ["--change", change]);
    await sandbox.podman("commit", ...changes, maker, image);
    await driver.ensure(changed(image, 0), undefined);
    await inside(changed(image, 0), "sh", "-c", "echo kept > /tmp/work");
    const layers: number[] = [];
    for (const nth of [1, 2, 3]) {
      await driver.ensure(changed(image, nth), undefined);
      const id = await sandbox.podman("inspect", "--format", "{{.Image}}", changed(image, nth).identity.name);
      layers.push(Number(await sandbox.podman("image", "inspect", "--format", "{{len .RootFS.Layers}}", id)));
    }
    expect(layers[1]).toBe(layers[0]! + 1);
    expect(layers[2]).toBe(1);
    const shown = "cat /tmp/work; pwd; id -u; echo $GREETING; echo $TOKEN; echo $PATH | grep -c bin";
    expect(await inside(changed(image, 3), "sh", "-c", shown)).toBe("kept\n/opt\n65534\nhello world\nx\n1");
    expect(await propertiesOf(changed(image, 3))).toEqual(changed(image, 3).properties);
  });

  test("keeps the anonymous volumes that its image asks for, and they go with it", async () => {
    const volume = ["--volume", "/data"];
    const first = sleeper(host);
    await driver.ensure(first, undefined);
    const made = JSON.parse(
      await sandbox.podman("inspect", "--format", "{{json .Config.CreateCommand}}", first.identity.name),
    ) as string[];
    await sandbox.podman("rm", "--force", "--time", "0", first.identity.name);
    await sandbox.podman(...made.slice(1).toSpliced(1, 0, ...volume));
    await sandbox.podman("start", first.identity.name);
    await inside(first, "sh", "-c", "echo kept > /data/work");
    await driver.ensure(sleeper(host, { command: ["sleep", "1000"] }), undefined);
    expect(await inside(first, "cat", "/data/work")).toBe("kept");
    const name = await sandbox.podman("inspect", "--format", "{{(index .Mounts 0).Name}}", first.identity.name);
    await driver.remove(first.identity);
    await expect(sandbox.podman("volume", "inspect", name)).rejects.toThrow(/no such volume/);
  });

  test("leaves the last three snapshots where its image was replaced", async () => {
    const other = `localhost/groundwork-test/${host}:latest`;
    const maker = await sandbox.podman("create", hostSetup!.image.name, "true");
    sandbox.removeLater(maker);
    await sandbox.podman("commit", "--change", `LABEL groundwork.host=${host}`, maker, other);
    const images = [hostSetup!.image.name, other];
    for (const nth of [0, 1, 2, 3, 4]) await driver.ensure(sleeper(host, { image: images[nth % 2]! }), undefined);
    const name = sleeper(host).identity.name;
    const filter = ["--filter", `reference=localhost/groundwork/snapshot/${name}`];
    expect((await sandbox.podman("images", "--format", "{{.Tag}}", ...filter)).split("\n")).toHaveLength(3);
  });
});

describeWithEngine("a changed limit", () => {
  test("holds, once we started the container again, whoever starts it the next time", async () => {
    await driver.ensure(sleeper(host), undefined);
    const desired = sleeper(host, { memoryMiB: 96 });
    await inside(desired, "touch", "/var/work");
    expect(await driver.ensure(desired, undefined)).toMatchObject({ change: "in place" });
    expect(await propertiesOf(desired)).toEqual(desired.properties);
    await driver.stop(desired.identity, false);
    await driver.ensure(desired, undefined);
    await sandbox.podman("restart", "--time", "0", desired.identity.name);
    expect(await propertiesOf(desired)).toEqual(desired.properties);
    await inside(desired, "test", "-e", "/var/work");
  });
});

describeWithEngine("a container whose start was killed in the middle", () => {
  // What podman 4.3.1 says then, at every start: runc has the container, podman does not know. Which moment that is, is chance.
  const said = 'unable to start container "1": runc: runc create failed: container with given ID already exists';

  test("is made again, with its files", async () => {
    const desired = sleeper(host);
    await driver.ensure(desired, undefined);
    await inside(desired, "touch", "/var/work");
    await driver.stop(desired.identity, false);
    const real = hostSetup!.podman!.path;
    const path = join(sandbox.root, "podman");
    const fail = `if [ "$1" = start ]; then echo 'Error: OCI runtime error: ${said}' >&2; exit 125; fi`;
    writeFileSync(path, `#!/bin/sh\n${fail}\nexec "${real}" "$@"\n`, { mode: 0o755 });
    const { environment } = sandbox;
    const failing = createDriver("podman", { paths: { podman: path }, environment, digest: JSON.stringify });
    expect(await failing.ensure(desired, undefined)).toMatchObject({ change: "recreate" });
    await inside(desired, "test", "-e", "/var/work");
    expect(await propertiesOf(desired)).toEqual(desired.properties);
  });
});

describeWithEngine("a process that is killed while it makes a container again", () => {
  const start = useProgram(`
    import { createDriver } from "./drivers";
    process.env.DRIVER_PID = String(process.pid);
    const { path, desired } = JSON.parse(process.argv[2]);
    void createDriver("podman", { paths: { podman: path }, digest: JSON.stringify }).ensure(desired, undefined);
  `);
  jest.setTimeout(120_000);

  test.each(["stop", "commit", "rename", "run", "rm"])("after podman %s, loses nothing", async (call) => {
    await driver.ensure(sleeper(host), undefined);
    const desired = sleeper(host, { command: ["sleep", "1000"] });
    await inside(desired, "touch", "/var/before");
    const path = join(sandbox.root, "podman");
    const real = hostSetup!.podman!.path;
    const kill = `if [ "$1" = ${call} ]; then "${real}" "$@"; kill -9 $DRIVER_PID; exit 1; fi`;
    writeFileSync(path, `#!/bin/sh\n${kill}\nexec "${real}" "$@"\n`);
    chmodSync(path, 0o755);
    const child = start([JSON.stringify({ path, desired })], { environment: sandbox.environment });
    expect((await ended(child)).signal).toBe("SIGKILL");

    // What is written in a successor that runs must not be lost either, should nobody notice for days.
    const runs = await sandbox.podman("ps", "--quiet", "--filter", `name=^${desired.identity.name}$`);
    const files = runs === "" ? ["/var/before"] : ["/var/before", "/var/after"];
    if (runs !== "") await inside(desired, "touch", "/var/after");
    await driver.ensure(desired, undefined);
    await inside(desired, "ls", ...files);
    expect(await propertiesOf(desired)).toEqual(desired.properties);
    const left = await sandbox.podman("ps", "--all", "--quiet", "--filter", `label=groundwork.host=${host}`);
    expect(left.split("\n")).toHaveLength(1);
  });
});
