/** Several instances in one stack, configured in Pulumi.<stack>.yaml and run by plain `pulumi`. */

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { InstanceReport } from "../../settings/instance-report";
import { networksOf } from "./support-outcome";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";

jest.setTimeout(180_000);

const small = { memory: 512, cpus: 1 };

describeWithEngine("a stack of several instances under plain `pulumi`", () => {
  let sandbox: Sandbox;
  let checkout: string;
  // A name of this test's own: containers are told apart by host, stack and id.
  const stack = `shared-${process.pid}`;

  function configure(instances: Record<string, unknown>): void {
    const config = { "groundwork:kind": "instances", "groundwork:instances": instances };
    writeFileSync(join(checkout, `Pulumi.${stack}.yaml`), stringify({ config }));
  }

  const pulumi = (...parameters: string[]): Promise<Ended> => sandbox.pulumiIn(checkout, stack, ...parameters);
  const up = () => pulumi("up", "--yes", "--skip-preview");

  async function outputs(): Promise<Record<string, InstanceReport>> {
    const ended = await pulumi("stack", "output", "--json");
    return (JSON.parse(ended.stdout) as { instances: Record<string, InstanceReport> }).instances;
  }

  const names = async () => {
    const listed = await sandbox.podman("ps", "--filter", `label=groundwork.stack=${stack}`, "--format", "{{.Names}}");
    return listed.split("\n").sort();
  };

  beforeEach(async () => {
    sandbox = new Sandbox();
    checkout = await sandbox.checkout("checkout");
    await pulumi("stack", "init", "--secrets-provider", "passphrase");
  });
  afterEach(() => sandbox.dispose());

  test("`pulumi up` makes all of them, a second one changes nothing, and a moved checkout neither", async () => {
    configure({ web: { ...small, ports: ["auto:80"] }, worker: small });
    expect(await up()).toMatchObject({ exitCode: 0 });
    expect(Object.keys(await outputs()).sort()).toEqual(["web", "worker"]);
    expect(await up()).toMatchObject({ stdout: expect.stringContaining("8 unchanged") as string });

    renameSync(checkout, join(sandbox.root, "moved"));
    checkout = join(sandbox.root, "moved");
    expect(await pulumi("preview", "--expect-no-changes")).toMatchObject({ exitCode: 0 });
    expect(await pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ exitCode: 0 });
    expect(await names()).toEqual([""]);
  });

  test("a change of one instance previews as a change of that one alone", async () => {
    configure({ web: { ...small, ports: ["auto:80"] }, worker: small });
    await up();
    configure({ web: { ...small, memory: 640, ports: ["auto:80"] }, worker: small });
    const { stdout } = await pulumi("preview", "--diff");
    expect(stdout).toMatch(/memoryMiB\s*: 512 => 640/);
    expect(stdout).not.toContain("worker-actuator");
  });

  test("an instance renamed in the configuration hands its fixed port over", async () => {
    const ports = ["8097:80"];
    configure({ web: { ...small, ports } });
    await up();
    configure({ shop: { ...small, ports } });
    expect(await up()).toMatchObject({ exitCode: 0 });
    expect(await names()).toEqual([expect.stringMatching(/^shop-/)]);
  });

  test("what is wrong in the configuration is said all at once, without a stack trace, and nothing is made", async () => {
    configure({ web: { memmory: 512, cpus: 0 } });
    const { exitCode, stdout, stderr } = await up();
    const said = `${stdout}${stderr}`;
    expect(exitCode).toBe(1);
    expect(said).toContain("instances.web.memmory: is not a known key; the nearest is memory");
    expect(said).toContain("instances.web.cpus");
    expect(said).not.toMatch(/\.js:\d+/);
    expect(await names()).toEqual([""]);
  });

  test("`init --stack` moves a project into the stack: the same port, the same files, its secrets encrypted", async () => {
    const project = sandbox.project("shop", ["MEMORY=512", "CPUS=1", "PORTS=auto:80", "ENV_TOKEN=hunter2"]);
    const before = await sandbox.vagrantpJson<{ instance: InstanceReport }>(project, "up");
    await sandbox.vagrantp(project, "ssh", "--", "sh", "-c", "echo mine > /var/work");
    configure({});
    const moved = await sandbox.run(join(checkout, "bin", "vagrantp"), ["init", "--stack", stack], project);
    expect(moved).toMatchObject({ exitCode: 0 });
    expect(await up()).toMatchObject({ exitCode: 0 });
    const shop = (await outputs())["shop"]!;
    expect(shop.ports).toEqual(before.instance.ports);
    expect(await networksOf(sandbox, project)).toEqual([]);
    expect(await sandbox.podman("exec", shop.name, "cat", "/var/work")).toBe("mine");
    expect(await sandbox.podman("exec", shop.name, "printenv", "TOKEN")).toBe("hunter2");
    const leaked = await sandbox.run(
      "grep",
      ["-rl", "hunter2", sandbox.home.root, join(checkout, `Pulumi.${stack}.yaml`)],
      checkout,
    );
    expect(leaked.stdout).toBe("");
  });
});
