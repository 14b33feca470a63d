/**
 * A virtual machine and a container of one stack, by plain `pulumi`, and who reaches whom by real packets. One story, for a
 * boot takes a minute where machines are emulated; each test looks at one step of it.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { InstanceReport } from "../../settings/instance-report";
import { Sandbox, type Ended } from "../support/sandbox";
import { expectExit, saidBy, until } from "./support-outcome";
import { describeWithMachines, virsh } from "./support-vm";

jest.setTimeout(600_000);

const stack = `mixed-${String(process.pid)}`;

/** Asks a server for its first line of text: SSH and HTTP servers give one. */
const ask = (host: string, port: number) =>
  `import socket; s = socket.create_connection(("${host}", ${String(port)}), 3); s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n"); print(s.recv(100).decode())`;

describeWithMachines("a virtual machine and a container of one stack", () => {
  let sandbox: Sandbox, checkout: string;
  let made: Ended, unchanged: Ended, drifted: Ended, repaired: Ended, removed: Ended;
  let machineAsks: Ended, containerAsks: Ended, machineAsksAgain: Ended, containerAsksAgain: Ended;
  let machineAsksRepaired: Ended, strangers: readonly Ended[], left: readonly string[];

  const pulumi = (...parameters: string[]) => sandbox.pulumiIn(checkout, stack, ...parameters);
  const up = () => pulumi("up", "--yes", "--skip-preview", "--diff");

  beforeAll(async () => {
    sandbox = new Sandbox();
    checkout = await sandbox.checkout("checkout");
    await pulumi("stack", "init", "--secrets-provider", "passphrase");
    const instances = {
      database: { type: "vm", memory: 512, cpus: 1 },
      web: { memory: 512, cpus: 1, command: ["python3", "-m", "http.server", "80"] },
    };
    const config = { "groundwork:kind": "instances", "groundwork:instances": instances };
    writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), stringify({ config }));
    made = await up();
    expectExit(made, 0);
    const { stdout } = await pulumi("stack", "output", "--json");
    const { database, web } = (JSON.parse(stdout) as { instances: Record<string, InstanceReport> }).instances;
    const [ssh = "", ...toMachine] = database!.login.filter((word) => word !== "-t" && word !== "-tt");
    const inMachine = (code: string) => sandbox.run(ssh, [...toMachine, `python3 -c '${code}'`], sandbox.root);
    const inContainer = (name: string, code: string) =>
      sandbox.run("podman", ["exec", name, "python3", "-c", code], sandbox.root);
    const isUp = () =>
      until("web serves", async () => (await inContainer(web!.name, ask("127.0.0.1", 80))).exitCode === 0);
    const asksOfMachine = async () => {
      await isUp();
      return inMachine(ask("web", 80));
    };

    unchanged = await pulumi("preview", "--expect-no-changes");
    machineAsks = await asksOfMachine();
    containerAsks = await inContainer(web!.name, ask("database", 22));
    await sandbox.podman("restart", "--time", "0", web!.name);
    machineAsksAgain = await asksOfMachine();
    containerAsksAgain = await inContainer(web!.name, ask("database", 22));

    const stranger = sandbox.project("stranger", ["MEMORY=512"]);
    const { instance } = await sandbox.vagrantpJson<{ instance: InstanceReport }>(stranger, "up");
    const addresses = (await inContainer(web!.name, "import socket; print(socket.gethostbyname('database'))")).stdout;
    const own = (await sandbox.podman("exec", web!.name, "hostname", "-I")).trim().split(" ");
    strangers = await Promise.all([
      inContainer(instance.name, ask(addresses.trim(), 22)),
      ...own.map((address) => inContainer(instance.name, ask(address, 80))),
    ]);
    expectExit(await sandbox.vagrantp(stranger, "rm"), 0);

    const network = (await virsh("net-list", "--name")).split("\n").find((line) => line.includes(`-${stack}-`)) ?? "";
    await virsh(
      "net-update",
      network,
      "delete",
      "dns-host",
      "<host><hostname>web</hostname></host>",
      "--live",
      "--config",
    );
    drifted = await pulumi("refresh", "--preview-only", "--diff", "--expect-no-changes");
    repaired = await up();
    machineAsksRepaired = await asksOfMachine();

    removed = await pulumi("destroy", "--yes", "--skip-preview");
    const networks = await sandbox.podman("network", "ls", "--format", "{{.Name}}");
    left = `${networks}\n${await virsh("net-list", "--all", "--name")}`
      .split("\n")
      .filter((line) => line.includes(stack));
  });
  afterAll(async () => {
    await pulumi("destroy", "--yes", "--skip-preview").catch(() => undefined);
    await sandbox.dispose();
  });

  test("are made by one `up`, in whatever order, and a preview finds nothing to do", () => {
    expectExit(unchanged, 0);
  });

  test("reach each other by name", () => {
    expect(machineAsks).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("HTTP/1.0 200") as string });
    expect(containerAsks).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("SSH-2.0") as string });
  });

  test("reach each other when somebody has restarted the container", () => {
    expect(machineAsksAgain).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("HTTP/1.0 200") as string });
    expect(containerAsksAgain).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("SSH-2.0") as string });
  });

  test("are reached by no container of another stack, at none of their addresses", () => {
    expect(strangers).toHaveLength(3);
    for (const { exitCode, stderr } of strangers)
      expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/refused|unreachable|timed/)]);
  });

  test("have drifted when one's name is taken away by hand, and are mended", () => {
    expect(drifted.exitCode).not.toBe(0);
    expect(saidBy(drifted)).toMatch(/machines/);
    expectExit(repaired, 0);
    expect(machineAsksRepaired).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("HTTP/1.0 200") as string,
    });
  });

  test("leave nothing behind", () => {
    expectExit(removed, 0);
    expect(left).toEqual([]);
  });
});
