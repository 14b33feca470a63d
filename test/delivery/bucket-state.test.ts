/** Stacks whose state is in a bucket: real engine, real S3 server, real containers. */

import { expectExit, saidBy, stackTrace, until } from "../engine/support-outcome";
import { describeWithEngineAndS3 } from "../support/s3-server";
import { useBucketStack } from "./support-bucket-stack";

jest.setTimeout(600_000);

describeWithEngineAndS3("a stack whose state is in a bucket", () => {
  const stack = useBucketStack();

  // The engine writes its lock and then looks for others: two at the same instant may both give way.
  test("of two applies at once no more than one goes on, each other is told who holds the lock, and the next converges", async () => {
    const started = [await stack().startUp(), await stack().startUp()];
    const ended = await Promise.all(started.map((one) => one.ended));
    const refused = ended.filter(({ exitCode }) => exitCode !== 0);
    expect(refused.length).toBeGreaterThanOrEqual(1);
    const pids = started.map(({ process: engine }) => engine.pid).join("|");
    for (const one of refused) {
      expect(one.stderr).toMatch(new RegExp(`the stack is currently locked .*\\(pid (${pids})\\)`, "s"));
    }
    expect(stack().locks()).toEqual([]);
    expectExit(await stack().up(), 0);
    expect((await stack().up()).stdout).toContain("5 unchanged");
    expect(await stack().containers()).toEqual([expect.stringMatching(/^web-/)]);
  });

  test("a killed apply leaves its lock: unlock shows it, removes it, and the next apply makes nothing twice", async () => {
    const { process: engine, ended } = await stack().startUp();
    await stack().untilBeingMade();
    engine.kill("SIGKILL");
    await ended;
    expect((await stack().up()).stderr).toContain("the stack is currently locked");

    const shown = await stack().delivery("unlock");
    expect(shown.stdout).toMatch(new RegExp(`\\| ${engine.pid} +\\|`));
    expect(stack().locks()).toHaveLength(1);
    expectExit(await stack().delivery("unlock", ["--yes"]), 0);
    expect(stack().locks()).toEqual([]);

    expectExit(await stack().up(), 0);
    expect(await stack().containers()).toEqual([expect.stringMatching(/^web-/)]);
    expect((await stack().up()).stdout).toContain("5 unchanged");
  });

  test("the lock of an apply that lives is not removed, and the apply goes on to its end", async () => {
    const { process: engine, ended } = await stack().startUp();
    await until("the stack is locked", () => stack().locks().length === 1);
    engine.kill("SIGSTOP");
    const unlocked = await stack().delivery("unlock", ["--yes"]);
    engine.kill("SIGCONT");
    expectExit(unlocked, 1);
    expect(unlocked.stderr).toContain(`it runs on this host with pid ${engine.pid}`);
    expectExit(await ended, 0);
  });

  test("an apply of `bin/delivery` that meets a lock says whose it is, and how to go on once its holder is gone", async () => {
    expectExit(await stack().delivery("preview", ["--out", "plan"]), 0);
    const { process: engine, ended } = await stack().startUp();
    await until("the stack is locked", () => stack().locks().length === 1);
    engine.kill("SIGSTOP");
    const whileItLives = await stack().delivery("apply", ["--plan", "plan"]);
    engine.kill("SIGKILL");
    await ended;
    const afterwards = await stack().delivery("apply", ["--plan", "plan"]);
    expect([whileItLives.exitCode, afterwards.exitCode]).toEqual([1, 1]);
    expect(whileItLives.stderr).toContain(`it runs on this host with pid ${engine.pid}`);
    expect(afterwards.stderr).toContain(`Run \`bin/delivery unlock -s ${stack().name} --yes\``);
    expect(await stack().containers()).toEqual([]);
  });

  test("a server that crashes while the state is written, and comes back soon, costs nothing", async () => {
    const { ended } = await stack().startUp();
    await stack().untilBeingMade();
    await stack().server.kill();
    await stack().server.startAgain();
    expectExit(await ended, 0);
    expect((await stack().up()).stdout).toContain("5 unchanged");
  });

  test("a server that stays away ends the apply; no state is lost, and the next apply converges", async () => {
    const { ended } = await stack().startUp();
    await stack().untilBeingMade();
    await stack().server.kill();
    expectExit(await ended, 1);
    const lost = await stack().delivery("unlock");
    expectExit(lost, 5);
    expect(lost.stderr).toContain("The store of the state does not answer");

    await stack().server.startAgain();
    const { resources = [] } = stack().state()!;
    expect(resources.map(({ type }) => type)).toContain("groundwork:index:LiveState");
    expectExit(await stack().delivery("unlock", ["--yes"]), 0);
    expectExit(await stack().up(), 0);
    expect(await stack().containers()).toEqual([expect.stringMatching(/^web-/)]);
    expect((await stack().up()).stdout).toContain("5 unchanged");
  });

  test.each([
    ["AWS_SECRET_ACCESS_KEY", "hunter2-hunter2", 2, "The store of the state does not know this key"],
    ["PULUMI_CONFIG_PASSPHRASE", undefined, 2, "There is no passphrase for the secrets of the stacks in s3://"],
    ["PULUMI_BACKEND_URL", "https://app.pulumi.com", 2, "which is no backend of Groundwork's"],
  ])("with a wrong %s nothing begins, and the message names it", async (variable, value, status, message) => {
    const ended = await stack().delivery("unlock", [], { [variable]: value });
    expectExit(ended, status);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).toContain(variable);
    expect(saidBy(ended)).not.toMatch(stackTrace);
    expect(saidBy(ended)).not.toContain("hunter2");
  });
});
