/** Checkpoints of a stack of real containers, and both ways back: by a commit, and by a state where that is lost. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectExit, saidBy, until } from "../engine/support-outcome";
import { killAll } from "../engine/support-kill";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { DeliveryCheckout, instance } from "./support-checkout";
import { startDelivery } from "./support-running";

jest.setTimeout(600_000);

describeWithEngine("a stack that is rolled back", () => {
  let sandbox: Sandbox, checkout: DeliveryCheckout;

  beforeEach(async () => {
    sandbox = new Sandbox();
    checkout = await DeliveryCheckout.make(sandbox, `rollback-${process.pid}`);
  });
  afterEach(() => sandbox.dispose());

  const web = instance("1");
  const withSecret = instance("1", { TOKEN: "hunter2" });
  const succeed = async (verb: string, ...parameters: string[]) => {
    const ended = await checkout.delivery(verb, ...parameters);
    expectExit(ended, 0);
    return saidBy(ended);
  };
  const rollback = (...parameters: string[]) => checkout.delivery("rollback", "--to", "1", ...parameters);
  const checkpoint = (number: number) =>
    JSON.parse(
      readFileSync(
        join(checkout.storage, "checkpoints", checkout.stack, String(number).padStart(6, "0"), "checkpoint.json"),
        "utf8",
      ),
    ) as Record<string, unknown>;

  test("is as the checkpoint's commit says, on the state as it is now", async () => {
    const commit = await checkout.bringUp({ web });
    await succeed("snapshot");
    const next = await checkout.bringUp({ web: instance("2"), worker: instance("1") });
    await succeed("rollback", "--to", "1", "--yes");
    expect(await checkout.containers()).toEqual({ web: "1" });
    expect(checkpoint(2)).toMatchObject({ reason: "before-rollback", commit: next });
    // It is an apply of that commit, and can itself be rolled back.
    await succeed("snapshot");
    expect(checkpoint(3)).toMatchObject({ commit });
    // The checkout is as it was, and no other is left.
    expect(await checkout.git("status", "--porcelain")).toBe("");
    expect((await checkout.git("worktree", "list")).trim().split("\n")).toHaveLength(1);
    expect(await succeed("audit")).toMatch(/rollback *\| *Checkpoint\/1 .*began[^]*worker-actuator[^]*succeeded/);
  });

  test("stays as it is without --yes, and is shown what would change", async () => {
    await checkout.bringUp({ web });
    await succeed("snapshot");
    await checkout.bringUp({ web, worker: instance("1") });
    const shown = await succeed("rollback", "--to", "1");
    expect(shown).toContain("Nothing was changed");
    expect(shown).toContain("worker-actuator");
    expect(await checkout.containers()).toEqual({ web: "1", worker: "1" });
  });

  test("is refused what is against the policies, until the policy is named; all is told, and the audit has it", async () => {
    await checkout.bringUp({ web: withSecret });
    await succeed("snapshot");
    await checkout.bringUp({ web: instance("2") });
    const [shown, refused] = [await rollback(), await rollback("--yes")];
    for (const ended of [shown, refused]) {
      expectExit(ended, 1);
      expect(ended.stdout).toContain("### Against the policies: 1");
      expect(ended.stderr).toContain("If that is meant, add `--allow plain-secret`.");
    }
    expect(await checkout.containers()).toEqual({ web: "2" });
    expectExit(await rollback("--yes", "--allow", "plain-secret"), 0);
    expect(await checkout.containers()).toEqual({ web: "1" });
    const audit = await succeed("audit");
    expect(audit).toMatch(
      /Checkpoint\/1 .*refused .*plain-secret[^]*Checkpoint\/1 .*began .*let it pass: plain-secret/,
    );
  });

  test("has the turn of applies: an apply meanwhile is refused, and says who has it", async () => {
    await checkout.bringUp({ web });
    await succeed("snapshot");
    await checkout.bringUp({ web: instance("2") });
    await succeed("preview", "--out", "plan");
    const { pid, ended } = startDelivery(checkout, {}, "rollback", "--to", "1", "--yes");
    const turn = join(checkout.storage, "applying", `${checkout.stack}.json`);
    await until("the rollback has its turn", () => existsSync(turn));
    process.kill(pid, "SIGSTOP");
    const refused = await checkout.delivery("apply", "--plan", "plan");
    process.kill(pid, "SIGCONT");
    expectExit(refused, 1);
    expect(refused.stderr).toMatch(/turn \(rollback\), held by .* since .*; it runs on this host with pid \d+/);
    await ended;
    expect([await checkout.containers(), existsSync(turn)]).toEqual([{ web: "1" }, false]);
  });

  test("keeps no secret in clear beside its state", async () => {
    await checkout.bringUp({ web: withSecret });
    await succeed("snapshot");
    await succeed("audit");
    const state = join(checkout.storage, "checkpoints", checkout.stack, "000001", "state.json");
    expect(readFileSync(state, "utf8")).toContain("ciphertext");
    const files = readdirSync(checkout.storage, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
    expect(texts.filter((text) => text.includes("hunter2"))).toEqual([]);
  });

  test("and killed in the middle, is where it was to be after the same command again", async () => {
    await checkout.bringUp({ web });
    await succeed("snapshot");
    await checkout.bringUp({ web, worker: instance("1") });

    const { pid, ended } = startDelivery(checkout, {}, "rollback", "--to", "1", "--yes");
    await until("the state before is kept", () =>
      existsSync(join(checkout.storage, "checkpoints", checkout.stack, "000002")),
    );
    killAll(pid);
    await ended;

    await succeed("rollback", "--to", "1", "--yes");
    expect(await checkout.containers()).toEqual({ web: "1" });
    const audit = await succeed("audit");
    expect(audit.match(/Checkpoint\/1 .*\| began /g)).toHaveLength(2);
    expect(audit.match(/Checkpoint\/1 .*succeeded/g)).toHaveLength(1);
    expect(audit.match(/Checkpoint\/1 .*failed .*was cut off/g)).toHaveLength(1);
    // What the killed run had checked out is gone with it.
    expect((await checkout.git("worktree", "list")).trim().split("\n")).toHaveLength(1);
  });

  test("has checkpoints of the commit that was applied, though another one is checked out by now", async () => {
    const commit = await checkout.bringUp({ web });
    checkout.configure({ web: instance("2") });
    await checkout.commit();
    await succeed("snapshot");
    expect(checkpoint(1)).toMatchObject({ commit });
  });

  test("to a commit that is nowhere, says so", async () => {
    await checkout.bringUp({ web });
    await succeed("snapshot");
    const file = join(checkout.storage, "checkpoints", checkout.stack, "000001", "checkpoint.json");
    writeFileSync(file, JSON.stringify({ ...checkpoint(1), commit: "0".repeat(40) }));
    const ended = await checkout.delivery("rollback", "--to", "1", "--yes");
    expectExit(ended, 1);
    expect(saidBy(ended)).toContain("is not in this clone and not at origin");
  });
});

describeWithEngine("a state that is lost", () => {
  let sandbox: Sandbox, checkout: DeliveryCheckout;

  beforeEach(async () => {
    sandbox = new Sandbox();
    checkout = await DeliveryCheckout.make(sandbox, `lost-${process.pid}`);
    await checkout.bringUp({ web: instance("1") });
    expectExit(await checkout.delivery("snapshot"), 0);
    await checkout.bringUp({ web: instance("1"), worker: instance("1") });
  });
  afterEach(() => sandbox.dispose());

  const importState = (...more: string[]) => checkout.delivery("rollback", "--import-state", "1", ...more);

  test("is that of a checkpoint again, and what was made since is listed", async () => {
    checkout.loseState();
    const shown = await importState();
    expectExit(shown, 0);
    expect(shown.stdout).toContain("is lost. In its place would come that of checkpoint 1");

    const imported = await importState("--yes");
    expectExit(imported, 0);
    expect(imported.stdout).toMatch(/it does not know them:\n\n- podman worker\S* \(instance worker, /);
    expect(imported.stdout).not.toContain("instance web");
    // What is real is as it was, and the next run takes it over.
    expect(await checkout.containers()).toEqual({ web: "1", worker: "1" });
    expectExit(await checkout.pulumi("up", "--yes", "--skip-preview"), 0);
    expect(await checkout.containers()).toEqual({ web: "1", worker: "1" });
  });

  test("or cannot be read, counts as lost", async () => {
    writeFileSync(checkout.stateFile, readFileSync(checkout.stateFile, "utf8").slice(0, 500));
    expect((await importState()).stdout).toContain("is corrupt");
    expectExit(await importState("--yes"), 0);
    expectExit(await checkout.pulumi("preview"), 0);
  });

  test("and is not lost at all, stays as it is, unless it is to be discarded", async () => {
    const refused = await importState("--yes");
    expectExit(refused, 2);
    expect(saidBy(refused)).toMatch(/can be read and holds \d+ resources[^]*rollback -s \S+ --to 1/);

    const imported = await importState("--discard-state", "--yes");
    expectExit(imported, 0);
    expect(imported.stdout).toContain("instance worker");
    expect((await checkout.delivery("snapshot", "--list")).stdout).toContain("before-rollback");
  });
});
