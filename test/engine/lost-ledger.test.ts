/** The ledger is lost under a project that runs: its ports, its container and its promise stay. */

import { rmSync, writeFileSync } from "node:fs";
import { backupFile } from "../../host/ledger-file";
import { freePort } from "../support/free-port";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { ledgerEntries } from "./support-outcome";

jest.setTimeout(120_000);

describeWithEngine("a running project whose ledger is lost", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  const containerOf = (stack: string) =>
    sandbox.podman("ps", "--quiet", "--no-trunc", "--filter", `label=groundwork.stack=${stack}`);

  test("keeps its container and its ports, from the backend's labels alone and from the backup", async () => {
    const project = sandbox.project("web", ["MEMORY=512", "CPUS=1", `PORTS=auto:80,${await freePort()}:81`]);
    expect(await sandbox.vagrantp(project, "up")).toMatchObject({ exitCode: 0 });
    const [before] = ledgerEntries(sandbox);
    const container = await containerOf(before!.stack);

    writeFileSync(sandbox.home.ledgerFile, "no database ".repeat(1000));
    rmSync(backupFile(sandbox.home));
    const unchanged = await sandbox.vagrantp(project, "up");
    expect(unchanged.stdout).toContain("Nothing has changed.");
    expect(unchanged.stderr).toMatch(/warning: The ledger .* was damaged, and is kept as .*\.damaged-/);
    expect(ledgerEntries(sandbox)).toMatchObject([{ backendId: container, ports: before!.ports }]);

    rmSync(sandbox.home.ledgerFile);
    expect(await sandbox.vagrantp(project, "up", "--full")).toMatchObject({ exitCode: 0 });
    expect(ledgerEntries(sandbox)).toMatchObject([{ subnet: before!.subnet, ports: before!.ports }]);
    expect(await containerOf(before!.stack)).toBe(container);
  });
});
