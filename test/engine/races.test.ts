/** Many at once: projects, runs of one project, homes on one host. Nothing is promised twice, and everyone ends well. */

import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { InstanceReport } from "../../settings/instance-report";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";
import { containersOf, expectExit, ledgerEntries } from "./support-outcome";
import { WrappedPodman } from "./support-podman";
import { startVagrantp } from "./support-running";

jest.setTimeout(600_000);

const settings = ["MEMORY=512", "CPUS=1", "COMMAND=sleep infinity", "PORTS=auto:80,auto:53/udp"];

interface UpOutput {
  readonly changed: boolean;
  readonly instance: InstanceReport;
}

function reportOf(ended: Ended): InstanceReport {
  expectExit(ended, 0);
  return (JSON.parse(ended.stdout) as UpOutput).instance;
}

/** `tcp/8100`, of all instances. */
function hostPorts(instances: readonly InstanceReport[]): readonly string[] {
  return instances.flatMap(({ ports }) => ports.map(({ protocol, host }) => `${protocol}/${host}`));
}

describeWithEngine("twenty projects of one home and four of another, brought up at once", () => {
  const homes: Sandbox[] = [];
  let instances: readonly InstanceReport[];

  beforeAll(async () => {
    const counts = [20, 4];
    const runs = counts.flatMap((count) => {
      const home = new Sandbox();
      homes.push(home);
      const projects = Array.from({ length: count }, (_, index) => home.project(`web-${index}`, settings));
      return projects.map((project) => home.vagrantp(project, "up", "--json"));
    });
    instances = (await Promise.all(runs)).map(reportOf);
  });
  afterAll(async () => {
    for (const home of homes) await home.dispose();
  });

  test("all run", async () => {
    const containers = (await Promise.all(homes.map(containersOf))).flat();
    expect(containers.map((line) => line.split(" ")[2])).toEqual(Array.from({ length: 24 }, () => "running"));
  });

  test("have no port in common", () => {
    expect(hostPorts(instances)).toHaveLength(48);
    expect(new Set(hostPorts(instances)).size).toBe(48);
  });

  test("have what the ledgers say that they were promised", () => {
    const promised = homes
      .flatMap(ledgerEntries)
      .flatMap(({ ports }) => ports.map((port) => `${port.protocol}/${port.host}`));
    expect([...promised].sort()).toEqual([...hostPorts(instances)].sort());
  });

  test("have a subnet each", () => {
    const subnets = homes.flatMap(ledgerEntries).map(({ subnet }) => subnet);
    expect(new Set(subnets).size).toBe(24);
  });
});

describeWithEngine("an automatic port that somebody takes between its lease and its bind", () => {
  let sandbox: Sandbox;
  let stranger: Server | undefined;

  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(async () => {
    stranger?.close();
    await sandbox.dispose();
  });

  test("is given up for another, and `up` succeeds", async () => {
    const web = sandbox.project("web", settings);
    const podman = new WrappedPodman(sandbox);
    podman.holdNext("run");
    const { ended } = startVagrantp(sandbox, web, "up", "--json");
    await podman.held();
    const taken = ledgerEntries(sandbox)[0]!.ports.find(({ protocol }) => protocol === "tcp")!.host;
    stranger = createServer().listen(taken, "127.0.0.1");
    await once(stranger, "listening");
    podman.release();

    const instance = reportOf(await ended);
    expect(instance.state).toBe("running");
    expect(hostPorts([instance])).not.toContain(`tcp/${taken}`);
  });
});

describeWithEngine("two runs of one project at once", () => {
  let sandbox: Sandbox;
  let web: string;

  beforeEach(() => {
    sandbox = new Sandbox();
    web = sandbox.project("web", settings);
  });
  afterEach(() => sandbox.dispose());

  test("both `up` succeed, and there is one instance", async () => {
    const runs = await Promise.all([1, 2].map(() => sandbox.vagrantp(web, "up", "--json")));
    const [first, second] = runs.map(reportOf);
    expect(second).toEqual(first);
    expect(await containersOf(sandbox)).toHaveLength(1);
    expect(ledgerEntries(sandbox)).toHaveLength(1);
  });

  test("`up` and `rm` both succeed, and what is there is what was promised", async () => {
    reportOf(await sandbox.vagrantp(web, "up", "--json"));
    sandbox.settings(web, [...settings, "ENV_CHANGED=yes"]);
    const [up, rm] = await Promise.all([sandbox.vagrantp(web, "up", "--json"), sandbox.vagrantp(web, "rm", "--json")]);
    expectExit(up, 0);
    expectExit(rm, 0);
    const ids = (await containersOf(sandbox)).map((line) => line.split(" ")[0]);
    expect(ledgerEntries(sandbox).map(({ backendId }) => backendId)).toEqual(ids);
    expect((await sandbox.vagrantpJson<UpOutput>(web, "up")).instance.state).toBe("running");
  });

  test("`stop` makes nothing again that an `rm` before it removed", async () => {
    reportOf(await sandbox.vagrantp(web, "up", "--json"));
    const [rm] = await Promise.all([sandbox.vagrantp(web, "rm"), sandbox.vagrantp(web, "stop")]);
    expectExit(rm, 0);
    expect([await containersOf(sandbox), ledgerEntries(sandbox)]).toEqual([[], []]);
  });

  test("two `rm` both succeed, and nothing is left", async () => {
    reportOf(await sandbox.vagrantp(web, "up", "--json"));
    const runs = await Promise.all([1, 2].map(() => sandbox.vagrantp(web, "rm")));
    for (const run of runs) expectExit(run, 0);
    expect([await containersOf(sandbox), ledgerEntries(sandbox)]).toEqual([[], []]);
  });
});
