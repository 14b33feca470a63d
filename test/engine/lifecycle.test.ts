/** One project's life, from `.env` to `rm`, on the real engine and the real Podman. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Ledger } from "../../host/ledger";
import type { InstanceReport } from "../../settings/instance-report";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { containersOf } from "./support-outcome";

jest.setTimeout(120_000);

interface UpOutput {
  readonly changed: boolean;
  readonly instance: InstanceReport;
}

const server = ["MEMORY=512", "CPUS=1", "COMMAND=python3 -m http.server 80 --directory /etc", "PORTS=auto:80"];

async function fetchText(instance: InstanceReport, path: string): Promise<string> {
  const port = instance.ports[0]!;
  const response = await fetchWhenReady(`http://${port.address}:${port.host}${path}`);
  return response.text();
}

/** A program inside needs a moment to listen: asks until it answers, for at most ten seconds. */
async function fetchWhenReady(url: string): Promise<Response> {
  const limit = Date.now() + 10_000;
  for (;;) {
    try {
      return await fetch(url);
    } catch (error) {
      if (Date.now() > limit) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describeWithEngine("a project's life", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  test("`up` makes a container that answers on the leased port", async () => {
    const web = sandbox.project("web", server);
    const { changed, instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
    expect(changed).toBe(true);
    expect(instance).toMatchObject({ id: "web", state: "running", ports: [{ address: "127.0.0.1", inside: 80 }] });
    expect((await fetchText(instance, "/hostname")).trim()).toBe("web");
  });

  test("a second `up` changes nothing and does not start the engine", async () => {
    const web = sandbox.project("web", server);
    const first = await sandbox.vagrantpJson<UpOutput>(web, "up");
    const state = join(
      sandbox.home.projectsDirectory,
      readdirSync(sandbox.home.projectsDirectory)[0]!,
      "state",
      ".pulumi",
    );
    const history = readdirSync(join(state, "history"), { recursive: true });
    const second = await sandbox.vagrantpJson<UpOutput>(web, "up");
    expect(second).toEqual({ ...first, changed: false });
    expect(readdirSync(join(state, "history"), { recursive: true })).toEqual(history);
  });

  test("`up --full` on an unchanged project runs the engine and changes nothing", async () => {
    const web = sandbox.project("web", server);
    await sandbox.vagrantpJson(web, "up");
    const before = await containersOf(sandbox);
    await sandbox.vagrantpJson(web, "up", "--full");
    expect(await containersOf(sandbox)).toEqual(before);
  });

  test("a changed limit is applied in place", async () => {
    const web = sandbox.project("web", server);
    const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
    const before = await sandbox.podman("inspect", "--format", "{{.Id}}", instance.name);
    sandbox.settings(web, [...server.slice(1), "MEMORY=640"]);
    await sandbox.vagrantpJson(web, "up");
    expect(await sandbox.podman("inspect", "--format", "{{.Id}}", instance.name)).toBe(before);
    expect((await sandbox.vagrantp(web, "drift")).exitCode).toBe(0);
  });

  test("a changed port makes the container again with the files that were written inside", async () => {
    const web = sandbox.project("web", server);
    await sandbox.vagrantpJson(web, "up");
    expect((await sandbox.vagrantp(web, "ssh", "--", "sh", "-c", "echo kept > /var/work")).exitCode).toBe(0);
    sandbox.settings(
      web,
      [...server, "ENV_ADDED=1"].map((line) => line.replace("auto:80", "auto:81")),
    );
    await sandbox.vagrantpJson(web, "up");
    expect((await sandbox.vagrantp(web, "ssh", "--", "cat", "/var/work")).stdout).toBe("kept\n");
  });

  test("`stop` keeps the port and is not drift; `up` starts it again", async () => {
    const web = sandbox.project("web", server);
    const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
    const stopped = await sandbox.vagrantpJson<InstanceReport>(web, "stop");
    expect(stopped).toEqual({ ...instance, state: "stopped" });
    expect((await sandbox.vagrantp(web, "drift")).exitCode).toBe(0);
    expect((await sandbox.pulumi(web, "up", "--yes", "--skip-preview")).exitCode).toBe(0);
    expect(await sandbox.vagrantpJson(web, "status")).toEqual(stopped);
    const again = await sandbox.vagrantpJson<UpOutput>(web, "up");
    expect(again.instance).toEqual(instance);
  });

  test("`stop --force` gives the memory back and is not drift; `up` starts it again on its port", async () => {
    const web = sandbox.project("web", server);
    const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
    expect(await sandbox.vagrantpJson(web, "stop", "--force")).toEqual({ ...instance, state: "stopped" });
    using ledger = Ledger.open(sandbox.home);
    expect(ledger.entries()).toMatchObject([{ id: "web", power: "stopped" }]);
    expect(await sandbox.vagrantpJson(web, "drift")).toEqual({ drift: false, instances: [] });
    expect((await sandbox.vagrantpJson<UpOutput>(web, "up")).instance).toEqual(instance);
    expect(ledger.entries()).toMatchObject([{ id: "web", power: "running" }]);
  });

  test("the remote exit status of `ssh` passes through", async () => {
    const web = sandbox.project("web", server);
    await sandbox.vagrantpJson(web, "up");
    expect((await sandbox.vagrantp(web, "ssh", "--", "sh", "-c", "exit 42")).exitCode).toBe(42);
  });

  test("`rm` leaves no container, no promise and no workspace; a second one has nothing to do", async () => {
    const web = sandbox.project("web", server);
    const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
    await sandbox.vagrantpJson(web, "rm");
    expect(await sandbox.podman("ps", "--all", "--quiet", "--filter", `name=${instance.name}`)).toBe("");
    expect(readdirSync(sandbox.home.projectsDirectory)).toEqual([]);
    expect(await sandbox.vagrantpJson(web, "status")).toMatchObject({ state: "not_created" });
    expect(await sandbox.vagrantpJson(web, "rm")).toEqual({ removed: false });
  });

  test("secret values reach the program inside and appear in no state file, no command line and no output", async () => {
    const web = sandbox.project("web", [...server, "ENV_TOKEN=hunter2-hunter2"]);
    const ended = await sandbox.vagrantp(web, "up");
    expect(ended.exitCode).toBe(0);
    expect((await sandbox.vagrantp(web, "ssh", "--", "printenv", "TOKEN")).stdout).toBe("hunter2-hunter2\n");
    const found = await sandbox.run(
      "grep",
      ["--recursive", "--files-with-matches", "hunter2", sandbox.home.root],
      sandbox.root,
    );
    expect(found.stdout).toBe("");
    expect(`${ended.stdout}${ended.stderr}`).not.toContain("hunter2");
  });

  test("two projects side by side have their own containers and ports", async () => {
    const [a, b] = [sandbox.project("a/web", server), sandbox.project("b/web", server)];
    const [first, second] = await Promise.all(
      [a, b].map((directory) => sandbox.vagrantpJson<UpOutput>(directory, "up")),
    );
    expect(first!.instance.name).not.toBe(second!.instance.name);
    expect(first!.instance.ports[0]!.host).not.toBe(second!.instance.ports[0]!.host);
  });

  test("a renamed instance takes the old one's place: the old one is removed first", async () => {
    const web = sandbox.project("web", server);
    const { instance } = await sandbox.vagrantpJson<UpOutput>(web, "up");
    sandbox.settings(web, [...server, "INFRA_ID=shop"]);
    const renamed = await sandbox.vagrantpJson<UpOutput>(web, "up");
    expect(renamed.instance.id).toBe("shop");
    expect(await sandbox.podman("ps", "--all", "--quiet", "--filter", `name=${instance.name}`)).toBe("");
  });
});
