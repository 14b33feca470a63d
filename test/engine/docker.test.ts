/** One project's life with PROVIDER=docker, on the real engine and a real Docker daemon. */

import { join } from "node:path";
import type { InstanceReport } from "../../settings/instance-report";
import { DockerDaemon, describeWithDocker } from "../support/docker-daemon";
import { Sandbox, type Ended } from "../support/sandbox";
import { expectExit } from "./support-outcome";

jest.setTimeout(120_000);

interface UpOutput {
  readonly changed: boolean;
  readonly instance: InstanceReport;
}

const settings = [
  ...["PROVIDER=docker", "MEMORY=512", "CPUS=1", "ENV_TOKEN=hunter2", "PORTS=auto:80"],
  "COMMAND=python3 -m http.server 80 --directory /var",
];

/** Asks from the daemon's host until there is an answer, for at most ten seconds. */
const ask = `
  const limit = Date.now() + 10_000;
  const ask = () => fetch(process.argv[1]).then((answer) => answer.text()).then(console.log, (error) => {
    if (Date.now() > limit) throw error;
    setTimeout(ask, 50);
  });
  ask();`;

describeWithDocker("a project's life on Docker", () => {
  let sandbox: Sandbox, daemon: DockerDaemon;
  let first: UpOutput, second: UpOutput, changed: UpOutput;
  let remote: Ended, token: Ended, drift: Ended, repaired: Ended, kept: Ended;
  let limits: string, answer: string, stopped: InstanceReport, afterRemoval: string;

  /** One story, for each step costs a run of the engine; each test looks at one step of it. */
  beforeAll(async () => {
    sandbox = new Sandbox();
    daemon = await DockerDaemon.start(join(sandbox.root, "docker"));
    Object.assign(sandbox.environment, daemon.environment);
    const web = sandbox.project("web", settings);

    first = await sandbox.vagrantpJson<UpOutput>(web, "up");
    second = await sandbox.vagrantpJson<UpOutput>(web, "up");
    remote = await sandbox.vagrantp(web, "ssh", "--", "sh", "-c", "echo kept > /var/work; exit 42");
    token = await sandbox.vagrantp(web, "ssh", "--", "printenv", "TOKEN");

    const { name } = first.instance;
    await daemon.docker("update", "--memory", "700m", "--memory-swap", "1400m", name);
    drift = await sandbox.vagrantp(web, "drift");
    await sandbox.vagrantpJson(web, "up");
    limits = await daemon.docker("inspect", "--format", "{{.Id}} {{.HostConfig.Memory}}", name);
    limits = `${String(limits.startsWith(await daemon.docker("ps", "--quiet")))} ${limits.split(" ")[1] ?? ""}`;

    sandbox.settings(
      web,
      settings.map((line) => (line.startsWith("COMMAND") ? line.replace(" 80 ", " 81 ") : line.replace(":80", ":81"))),
    );
    changed = await sandbox.vagrantpJson<UpOutput>(web, "up");
    kept = await sandbox.vagrantp(web, "ssh", "--", "cat", "/var/work");
    const url = `http://127.0.0.1:${changed.instance.ports[0]!.host}/work`;
    answer = await daemon.fromItsHost(process.execPath, "--eval", ask, url);
    repaired = await sandbox.vagrantp(web, "drift");

    stopped = await sandbox.vagrantpJson<InstanceReport>(web, "stop");
    await sandbox.vagrantpJson(web, "rm");
    afterRemoval = await daemon.docker("ps", "--all", "--quiet");
    afterRemoval += await daemon.docker("network", "ls", "--quiet", "--filter", "label=groundwork.host");
  });
  afterAll(async () => {
    await daemon.stop();
    await sandbox.dispose();
  });

  test("`up` makes a container", () => {
    expect(first).toMatchObject({ changed: true, instance: { id: "web", backend: "docker", state: "running" } });
  });

  test("a second `up` changes nothing", () => {
    expect(second).toEqual({ ...first, changed: false });
  });

  test("the remote exit status of `ssh` passes through", () => {
    expectExit(remote, 42);
  });

  test("a secret value reaches the program inside", () => {
    expect(token.stdout).toBe("hunter2\n");
  });

  test("a limit that was changed by hand is drift", () => {
    expectExit(drift, 7);
    expect(drift.stdout).toMatch(/^web: memoryMiB: promised 512, real 700$/m);
  });

  test("`up` brings the limit back in place", () => {
    expect(limits).toBe(`true ${512 * 2 ** 20}`);
  });

  test("a changed port makes the container again with the files that were written inside", () => {
    expect(kept.stdout).toBe("kept\n");
    expectExit(repaired, 0);
  });

  test("the program inside answers on the leased port", () => {
    expect(answer).toBe("kept");
  });

  test("`stop` keeps the port", () => {
    expect(stopped).toEqual({ ...changed.instance, state: "stopped" });
  });

  test("`rm` leaves no container and no network", () => {
    expect(afterRemoval).toBe("");
  });
});
