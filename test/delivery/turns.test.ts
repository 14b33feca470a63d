/** Runs of `bin/delivery` that would change one stack at once: real engine, real S3 server, real containers. */

import { killAll } from "../engine/support-kill";
import { expectExit, saidBy, stackTrace, until } from "../engine/support-outcome";
import { describeWithEngineAndS3 } from "../support/s3-server";
import { useBucketStack, type BucketStack } from "./support-bucket-stack";

jest.setTimeout(600_000);

const web = (memory: number) => ({ web: { memory, cpus: 1 } });

describeWithEngineAndS3("the turn of applies", () => {
  const stack = useBucketStack();

  async function plan(of: BucketStack, name: string): Promise<void> {
    expectExit(await of.delivery("preview", ["--out", of.planFolder(name)]), 0);
  }
  const apply = (of: BucketStack, name: string) => of.delivery("apply", ["--plan", of.planFolder(name)]);

  /** Starts an apply of each plan at once. @returns which one was applied; the other one was refused */
  async function race(...of: readonly (readonly [BucketStack, string])[]): Promise<number> {
    const started = of.map(([one, name]) => one.startDelivery("apply", ["--plan", one.planFolder(name)]));
    const ended = await Promise.all(started.map((one) => one.ended));
    expect(ended.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    const winner = ended.findIndex(({ exitCode }) => exitCode === 0);
    const refused = ended[1 - winner]!;
    // Where the other one has come to its end before this one looked, the plan no longer fits.
    expect(refused.stderr).toMatch(/turn \(apply\), held by .* since .*; it runs on this host|the state has changed/);
    expect(saidBy(refused)).not.toMatch(stackTrace);
    return winner;
  }

  /** One container, which is as promised and promised what was configured there; and nothing left of any run. */
  async function expectSane(of: BucketStack, memoryMiB: number): Promise<void> {
    expect(await of.containers()).toEqual([expect.stringMatching(/^web-/)]);
    expectExit(await of.delivery("drift"), 0);
    const { resources = [], pending_operations: pending = [] } = of.state() ?? {};
    const promised = resources.find(({ type }) => type === "groundwork:index:LiveState");
    expect([promised?.inputs?.["memoryMiB"], pending]).toEqual([memoryMiB, []]);
    expect([of.locks(), of.isTurnTaken()]).toEqual([[], false]);
  }

  test("of two merges that are applied at once one is real, the other is refused, and is real after a new plan", async () => {
    const merges = [stack(), await stack().inAnotherCheckout("second")] as const;
    const memories = [512, 640] as const;
    for (const [index, merge] of merges.entries()) {
      merge.configure(web(memories[index]!));
      await plan(merge, `plan-${index}`);
    }
    const winner = await race([merges[0], "plan-0"], [merges[1], "plan-1"]);
    const [first, last] = winner === 0 ? [0, 1] : [1, 0];
    await expectSane(merges[first]!, memories[first]!);
    const stale = await apply(merges[last]!, `plan-${last}`);
    expectExit(stale, 1);
    expect(stale.stderr).toContain("state: the state has changed since the plan was made");

    await plan(merges[last]!, "next");
    expectExit(await apply(merges[last]!, "next"), 0);
    await expectSane(merges[last]!, memories[last]!);
  });

  test("of one plan that is applied twice at once one run applies it, and it is not applied again", async () => {
    await plan(stack(), "plan");
    await race([stack(), "plan"], [stack(), "plan"]);
    await expectSane(stack(), 512);
    const again = await apply(stack(), "plan");
    expectExit(again, 1);
    expect(again.stderr).toContain("applied: the plan was applied already");
    const { stdout } = await stack().delivery("audit");
    expect(stdout.match(/\| apply +\| Stack\/\S+ +\| \S+ +\| began/g)).toHaveLength(1);
    expect((await stack().delivery("preview")).stdout).toContain("**No changes**; 4 unchanged.");
  });

  test("of an apply that lives stays; of one that is gone it is shown and taken away by unlock, and the audit is told", async () => {
    await plan(stack(), "plan");
    const { process: job, ended } = stack().startDelivery("apply", ["--plan", stack().planFolder()]);
    await until("the apply has its turn", () => stack().isTurnTaken());
    job.kill("SIGSTOP");
    const whileItLives = await stack().delivery("unlock", ["--yes"]);
    expectExit(whileItLives, 1);
    expect(whileItLives.stderr).toMatch(/turn \(apply\), held by .*; it runs on this host with pid \d+/);
    killAll(job.pid!);
    await ended;

    const shown = await stack().delivery("unlock");
    expect(shown.stdout).toMatch(/\| turn \(apply\) +\|.*\| gone: process \d+ runs no more on this host/);
    expect(stack().isTurnTaken()).toBe(true);
    expectExit(await stack().delivery("unlock", ["--yes"]), 0);
    expect([stack().isTurnTaken(), stack().locks()]).toEqual([false, []]);
    expect((await stack().delivery("unlock")).stdout).toContain("No one holds a lock or the turn");
    const { stdout } = await stack().delivery("audit");
    expect(stdout).toMatch(/\| apply +\| Stack\/\S+ +\| \S+ +\| failed +\|.*the run that began at \S+ was cut off/);
    await plan(stack(), "next");
    expectExit(await apply(stack(), "next"), 0);
  });
});
