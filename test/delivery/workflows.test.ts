/** The workflows, run for real on stacks of containers: a pull request, its merge, a change by hand, and the way back. */

import { expectExit } from "../engine/support-outcome";
import { describeWithEngine, Sandbox } from "../support/sandbox";
import { instance, TeamRepository } from "./support/team-repository";
import type { JobRun } from "./support/workflow-runner";

jest.setTimeout(1_200_000);

/** Fails, showing what they said, unless the jobs ended so. */
function expectEnds(runs: readonly JobRun[], conclusions: readonly JobRun["conclusion"][]): void {
  if (runs.map(({ conclusion }) => conclusion).join() === conclusions.join()) return;
  throw new Error(runs.map(({ name, conclusion, log }) => `${name}: ${conclusion}\n${log}`).join("\n"));
}

describeWithEngine("a team that delivers by GitHub", () => {
  let sandbox: Sandbox, team: TeamRepository;
  beforeEach(async () => {
    sandbox = new Sandbox();
    team = await TeamRepository.make(sandbox);
  });
  afterEach(async () => {
    await team.dispose();
    await sandbox.dispose();
  });

  const first = { dev: { web: instance("1") }, prod: { web: instance("1") } };

  test("reads a preview on the pull request, merges it, and finds it applied, production after approval", async () => {
    const change = await team.pullRequest(first);
    expectEnds(await team.preview(change), ["success", "success"]);
    expectEnds(await team.preview(change), ["success", "success"]);
    const bodies = change.issue.comments.map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    for (const [index, stack] of [team.stacks.dev, team.stacks.prod].entries()) {
      expect(bodies[index]).toContain(stack);
      expect(bodies[index]).toContain("web");
    }
    expect(await team.containers("dev")).toEqual({});

    expectEnds(await team.merge(change), ["success", "success", "success"]);
    expect(await team.containers("dev")).toEqual({ web: "1" });
    expect(await team.containers("prod")).toEqual({ web: "1" });
    expect(team.asked).toEqual([team.stacks.prod]);
  });

  test("is told of a change by hand in one issue, which closes when the change is gone", async () => {
    expectEnds(await team.merge(await team.pullRequest(first)), ["success", "success", "success"]);
    expectEnds(await team.watch(), ["success", "success"]);
    const issues = () => team.api.issues.filter(({ pull_request }) => pull_request === undefined);
    expect(issues()).toEqual([]);

    await team.removeByHand("dev", "web");
    expectEnds(await team.watch(), ["success", "success"]);
    expectEnds(await team.watch(), ["success", "success"]);
    expect(issues()).toMatchObject([{ state: "open", title: expect.stringContaining(team.stacks.dev) as string }]);
    // Nobody has repaired it: a check changes nothing.
    expect(await team.containers("dev")).toEqual({});

    // Of production there is nothing to do, and nobody is asked to approve that.
    expectEnds(await team.push(), ["success", "success", "skipped"]);
    expect(team.asked).toHaveLength(1);
    expect(await team.containers("dev")).toEqual({ web: "1" });
    expectEnds(await team.watch(), ["success", "success"]);
    expect(issues()).toMatchObject([{ state: "closed" }]);
  });

  test("goes back to what it had, by hand, though the checkpoint was taken by a job", async () => {
    expectEnds(await team.merge(await team.pullRequest(first)), ["success", "success", "success"]);
    const worse = { prod: { web: instance("2"), extra: instance("2") } };
    expectEnds(await team.merge(await team.pullRequest(worse)), ["success", "success", "success"]);
    expect(await team.containers("prod")).toEqual({ web: "2", extra: "2" });
    const list = await team.delivery("prod", "snapshot", "--list");
    expect(list.stdout).toContain("grace");
    expectExit(await team.delivery("prod", "rollback", "--to", "2", "--yes"), 0);
    expect(await team.containers("prod")).toEqual({ web: "1" });
  });

  test("runs nothing of a fork's with secrets or on its hosts", async () => {
    const change = await team.pullRequest(first);
    expectEnds(await team.preview(change, "eve/infrastructure"), ["skipped", "skipped"]);
    expect(change.issue.comments).toEqual([]);
  });

  test("lints and tests what a fork proposes, without a secret, and ends as its checks end", async () => {
    const checks = { ".ci/run": "#!/bin/sh\necho 'what is known:'; env; exit 1\n" };
    const [failed] = await team.check(await team.pullRequest({}, checks), "eve/infrastructure");
    expect(failed).toMatchObject({ conclusion: "failure", log: expect.stringContaining("what is known:") as string });
    expect(failed!.log).not.toMatch(/token-of-the-job|the-passphrase-of-production|PULUMI_BACKEND_URL/);

    const [passed] = await team.check(await team.pullRequest({}, { ".ci/run": "#!/bin/sh\nmake --version\n" }));
    expect(passed).toMatchObject({ conclusion: "success", log: expect.stringContaining("GNU Make") as string });
  });

  test("learns of a check that broke by a job that fails, not by an issue", async () => {
    expectEnds(await team.merge(await team.pullRequest(first)), ["success", "success", "success"]);
    expectEnds(await team.watch({ PULUMI_CONFIG_PASSPHRASE: "another one" }), ["success", "failure"]);
    expect(team.api.issues.filter(({ pull_request }) => pull_request === undefined)).toEqual([]);
  });
});
