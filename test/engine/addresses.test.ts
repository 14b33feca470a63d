/** Addresses of instances' own on a bridge, on the real Podman: reached from the host, kept, refused, mended. */

import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { describeWithEngine, hostSetup, Sandbox } from "../support/sandbox";
import { containersOf, errorOf, expectExit, ledgerEntries, saidBy, until } from "./support-outcome";

jest.setTimeout(180_000);

/** A network for this file, that no other uses: /24 of the second half of 172.16.0.0/12. */
const network = "172.30.217";
/** Another, of a bridge that Groundwork did not make. */
const lan = "172.30.218";
const podman = hostSetup?.podman?.path ?? "podman";
const image = hostSetup?.image.name ?? "";
const serve = ["MEMORY=512", "COMMAND=python3 -m http.server 80 --directory /etc", "NETWORK_MODE=bridge"];

describeWithEngine("an instance with an address of its own", () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(async () => {
    await sandbox.dispose();
    // One that others are on is refused.
    for (const bridge of [
      bridgeName,
      "groundwork.bridge-192-168-58",
      `groundwork.bridge-${lan.replaceAll(".", "-")}`,
    ]) {
      await sandbox.run(podman, ["network", "rm", bridge], tmpdir());
    }
  });

  const answers = async (address: string) => {
    const asked = fetch(`http://${address}/hostname`, { signal: AbortSignal.timeout(1000) });
    return asked.then(
      async (response) => (await response.text()).trim() === "web",
      () => false,
    );
  };
  const reached = (address: string) => until(`${address} answers`, () => answers(address));

  test("is reached there from the host, keeps its files when that changes, and frees it when it goes", async () => {
    const web = sandbox.project("web", [...serve, `IP_ADDRESS=${network}.10`]);
    const up = await sandbox.vagrantp(web, "up");
    expectExit(up, 0);
    expect(up.stdout).toContain(`its own address: ${network}.10`);
    await reached(`${network}.10`);
    expectExit(await sandbox.vagrantp(web, "exec", "--", "touch", "/var/work"), 0);
    expect((await sandbox.vagrantp(web, "hosts")).stdout).toBe(`${network}.10\tweb.local\n`);
    expect((await sandbox.vagrantp(web, "up")).stdout).toContain("Nothing has changed");

    sandbox.settings(web, [...serve, `IP_ADDRESS=${network}.11`]);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    await reached(`${network}.11`);
    expect(await answers(`${network}.10`)).toBe(false);
    expectExit(await sandbox.vagrantp(web, "exec", "--", "test", "-e", "/var/work"), 0);

    const other = sandbox.project("other", [...serve, `IP_ADDRESS=${network}.11`]);
    const refused = errorOf(await sandbox.vagrantp(other, "up", "--json"));
    expect(refused).toMatchObject({ code: "PORT_CONFLICT" });
    expect(JSON.stringify(refused)).toContain(`is leased to web (${web})`);

    expectExit(await sandbox.vagrantp(web, "rm"), 0);
    expect(await bridges()).toBe("");
  });

  test("that was taken off the bridge has drifted, and is mended", async () => {
    const web = sandbox.project("web", [...serve, `IP_ADDRESS=${network}.12`]);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    const [container = ""] = await containersOf(sandbox);
    await sandbox.podman("network", "disconnect", bridgeName, container.split(" ")[0]!);
    const drift = await sandbox.vagrantp(web, "drift");
    expectExit(drift, 7);
    expect(saidBy(drift)).toContain(`ipAddress`);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    await reached(`${network}.12`);
  });

  test("that named none is given one, which it keeps when it is stopped", async () => {
    const web = sandbox.project("web", serve);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    const [entry] = ledgerEntries(sandbox);
    const address = entry!.address!.address;
    expect(address).toMatch(/^192\.168\.58\.(1\d\d|2[0-4]\d|25[0-4])$/);
    await reached(address);
    expectExit(await sandbox.vagrantp(web, "stop", "--force"), 0);
    expectExit(await sandbox.vagrantp(web, "up"), 0);
    await reached(address);
  });

  describe("of a bridge that the host has already", () => {
    const name = `lan-${randomBytes(4).toString("hex")}`;
    beforeEach(async () => {
      await sandbox.podman("network", "create", "--subnet", `${lan}.0/24`, name);
      const serve = ["python3", "-m", "http.server", "80", "--directory", "/etc"];
      await sandbox.podman(
        "run",
        "--detach",
        "--init",
        "--name",
        name,
        "--network",
        `${name}:ip=${lan}.20`,
        image,
        ...serve,
      );
    });
    afterEach(async () => {
      await sandbox.podman("rm", "--force", "--time", "0", name);
      await sandbox.podman("network", "rm", "--force", name);
    });

    test("is refused where a stranger has it, and else reached by the others on that bridge", async () => {
      const web = sandbox.project("web", [...serve, `IP_ADDRESS=${lan}.20`]);
      const refused = errorOf(await sandbox.vagrantp(web, "up", "--json"));
      expect(refused).toMatchObject({ code: "PORT_CONFLICT" });
      expect(JSON.stringify(refused)).toContain("answered by a machine that is not Groundwork's");
      sandbox.settings(web, [...serve, `IP_ADDRESS=${lan}.30`]);
      expectExit(await sandbox.vagrantp(web, "up"), 0);
      const open = `urllib.request.urlopen("http://${lan}.30/hostname", timeout=1).read().strip()`;
      const ask = `import urllib.request; assert ${open} == b"web"`;
      const asked = () => sandbox.run(podman, ["exec", name, "python3", "-c", ask], sandbox.root);
      await until("the other reaches it", async () => (await asked()).exitCode === 0);
      expectExit(await sandbox.vagrantp(web, "rm"), 0);
    });
  });

  const bridgeName = `groundwork.bridge-${network.replaceAll(".", "-")}`;
  const bridges = () => sandbox.podman("network", "ls", "--quiet", "--filter", `name=${bridgeName}`);
});
