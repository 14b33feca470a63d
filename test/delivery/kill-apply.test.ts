/**
 * kill -9 of an apply at random points, from its first look at the plan to its last word in the audit: no state is lost,
 * nothing is made twice, and the next plan converges. Real engine, real S3 server, real containers.
 *
 * KILL_ROUNDS=N kills N times (20), KILL_SEED=N repeats a run's points in time.
 */

import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { commandsOf, findVictim, killAll } from "../engine/support-kill";
import { expectExit, saidBy, stackTrace, until } from "../engine/support-outcome";
import { describeWithEngineAndS3 } from "../support/s3-server";
import { BucketStack, type Started } from "./support-bucket-stack";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 20);
const seed = Number(process.env["KILL_SEED"] ?? randomInt(2 ** 31));

jest.setTimeout(rounds * 300_000);

/** What dies: the whole job, as on a runner that is gone; the command alone, whose engine goes on; or the engine alone. */
const victims = ["job", "command", "engine"] as const;

type Victim = (typeof victims)[number];

const points = fc.sample(
  fc.tuple(fc.constantFrom<Victim>("job", "job", ...victims), fc.noBias(fc.integer({ min: 0, max: 999 }))),
  { seed, numRuns: rounds },
);

describeWithEngineAndS3("an apply that is killed", () => {
  let folder: string;
  let stack: BucketStack;
  let memory = 512;
  /** How long an apply takes that nobody kills. */
  let lifeMs: number;

  beforeAll(async () => {
    process.stderr.write(`KILL_SEED=${seed}\n`);
    folder = mkdtempSync(join(tmpdir(), "groundwork-kill-"));
    stack = await BucketStack.make(folder);
    await plan();
    const began = performance.now();
    expectExit(await stack.delivery("apply", ["--plan", stack.planFolder()]), 0);
    lifeMs = performance.now() - began;
  });
  afterAll(async () => {
    await stack.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function plan(): Promise<void> {
    expectExit(await stack.delivery("preview", ["--out", stack.planFolder()]), 0);
  }

  /** @returns whether the victim was there to be killed at that time, or after it */
  async function killAfter({ process: child, ended }: Started, victim: Victim, ms: number): Promise<boolean> {
    const lives = () => child.exitCode === null && child.signalCode === null;
    const find = () => (victim === "engine" ? findVictim(child.pid!, "engine") : child.pid);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), ended]);
    await until("the victim is there, or the apply has ended", () => !lives() || find() !== undefined);
    const pid = lives() ? find() : undefined;
    if (pid !== undefined && victim === "job") killAll(pid);
    else if (pid !== undefined) process.kill(pid, "SIGKILL");
    await ended;
    return pid !== undefined;
  }

  /** A victim that had ended before its time came is tried again, earlier. */
  async function killOnce(victim: Victim, ms: number): Promise<string> {
    memory = memory === 512 ? 640 : 512;
    stack.configure({ web: { memory, cpus: 1 } });
    await plan();
    const killed = await killAfter(stack.startDelivery("apply", ["--plan", stack.planFolder()]), victim, ms);
    await converge();
    return killed ? `kill -9 of the ${victim} after ${Math.round(ms)} ms: converged\n` : killOnce(victim, ms / 2);
  }

  /** Waits for an engine that outlived its command, and takes away the lock of one that did not. */
  async function unlock(): Promise<void> {
    const isEngine = (command: string) => command.startsWith("pulumi ");
    await until("the engine has ended", () => !commandsOf(stack.sandbox).some(isEngine));
    await until("the stack is locked by nobody", async () => {
      if (stack.locks().length === 0) return true;
      return (await stack.delivery("unlock", ["--yes"])).exitCode === 0;
    });
  }

  /** The way that the guide tells: unlock, plan, apply; then everything is held against what it promises. */
  async function converge(): Promise<void> {
    await unlock();
    await plan();
    const applied = await stack.delivery("apply", ["--plan", stack.planFolder()]);
    expectExit(applied, 0);
    expect(saidBy(applied)).not.toMatch(stackTrace);
    expectExit(await stack.delivery("drift"), 0);
    expect(await stack.containers()).toEqual([expect.stringMatching(/^web-/)]);
    // What is real is as promised, by the search for drift; and promised is what is configured.
    const promised = stack.state()?.resources?.find(({ type }) => type === "groundwork:index:LiveState");
    expect(promised?.inputs).toMatchObject({ memoryMiB: memory });
    expect(stack.state()?.pending_operations ?? []).toEqual([]);
    expect(
      stack
        .state()
        ?.resources?.map(({ type }) => type)
        .sort(),
    ).toEqual(resourceTypes);
  }

  const resourceTypes = [
    "command:local:Command",
    "groundwork:index:HostLease",
    "groundwork:index:LiveState",
    "groundwork:instance:Instance",
    "pulumi:providers:command",
    "pulumi:providers:groundwork",
    "pulumi:pulumi:Stack",
  ];

  test.each(points.map(([victim, share], index) => [index + 1, victim, share] as const))(
    "(%i) by the loss of its %s after %i thousandths of its time is followed by one that converges",
    async (_, victim, share) => void process.stderr.write(await killOnce(victim, (share / 1000) * lifeMs)),
  );

  test("has its end in the audit, which the next apply wrote for it", async () => {
    await plan();
    const started = stack.startDelivery("apply", ["--plan", stack.planFolder()]);
    await until("the apply has its turn", () => stack.isTurnTaken());
    killAll(started.process.pid!);
    await started.ended;
    await converge();
    const { stdout } = await stack.delivery("audit");
    expect(stdout).toMatch(/\| apply +\| Stack\/\S+ +\| \S+ +\| failed +\|.*the run that began at \S+ was cut off/);
  });
});
