/** `bin/delivery audit` as a program, with a strict stand-in for Loki. */

import { join, resolve } from "node:path";
import { keep } from "../../delivery/audit/outbox";
import type { AuditRecord } from "../../delivery/audit/record";
import { FolderStorage } from "../../delivery/storage/folder-storage";
import { killAll } from "../engine/support-kill";
import { expectExit, until } from "../engine/support-outcome";
import { LokiServer } from "../support/loki-server";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { startDelivery } from "./support-running";

jest.setTimeout(120_000);

describeWithEngine("the audit of a stack", () => {
  const directory = resolve(__dirname, "..", "..");
  const stack = `audit-${process.pid}`;
  let sandbox: Sandbox, loki: LokiServer;

  beforeEach(async () => {
    sandbox = new Sandbox();
    loki = await LokiServer.start();
    const record: AuditRecord = {
      id: "1",
      at: new Date().toISOString(),
      source: "delivery",
      stack,
      environment: "platform",
      actor: "ada",
      action: "apply",
      resource: `Stack/${stack}`,
      commit: "1a2b3c4",
      outcome: "succeeded",
    };
    await keep(new FolderStorage(join(sandbox.home.stacksDirectory, "groundwork")), [record]);
  });
  afterEach(async () => {
    await loki.stop();
    await sandbox.dispose();
  });

  const audit = (variables: NodeJS.ProcessEnv = {}) =>
    sandbox.run(join(directory, "bin", "delivery"), ["audit", "--stack", stack], directory, variables);

  test("is at Loki once, though the run was killed before it heard that Loki has it", async () => {
    const variables = { GROUNDWORK_LOKI_URL: loki.url };
    loki.failNext("taken, and never answered");
    const { pid, ended } = startDelivery({ sandbox, directory, stack }, variables, "audit");
    await until("Loki has it", () => loki.taken.length === 1);
    killAll(pid);
    await ended;
    const again = await audit(variables);
    expectExit(again, 0);
    expect(again.stderr).toContain("1 record was sent");
    expect([loki.requests.length, loki.records.map(({ id }) => id)]).toEqual([2, ["1"]]);
  });

  test("is shown, and kept, where there is no Loki", async () => {
    const shown = await audit();
    expectExit(shown, 0);
    expect(shown.stdout).toMatch(/ada +\| apply +\| Stack\/audit-\d+ +\| 1a2b3c4 +\| succeeded +\| no /);
    expect(shown.stderr).toContain("there is no Loki to send it to (GROUNDWORK_LOKI_URL)");
  });

  test("ends with 1 when Loki is away, and says so", async () => {
    loki.failNext({ status: 503 }, { status: 503 }, { status: 503 });
    const shown = await audit({ GROUNDWORK_LOKI_URL: loki.url });
    expectExit(shown, 1);
    expect(shown.stderr).toContain("answered 503");
  });
});
