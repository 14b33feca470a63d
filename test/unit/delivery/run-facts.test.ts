/** Who runs what, as GitHub Actions or a host tells it. Runs real git. */

import { execFileSync } from "node:child_process";
import { userInfo } from "node:os";
import { readRunFacts } from "../../../delivery/run-facts";
import { refusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const other = "0123456789abcdef0123456789abcdef01234567";

/** Makes the folder a checkout; returns its commit. */
function checkout(): string {
  const git = (...parameters: string[]) => execFileSync("git", parameters, { cwd: folder(), encoding: "utf8" });
  git("init", "--quiet");
  git("-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "--quiet", "--allow-empty", "-m", "one");
  return git("rev-parse", "HEAD").trim();
}

test("by hand, the commit is git's and the actor is the user", () => {
  const commit = checkout();
  expect(readRunFacts(folder(), {})).toEqual({ commit, actor: userInfo().username });
});

test("in GitHub Actions, the run says who, where and for which pull request", () => {
  const commit = checkout();
  const env = {
    GITHUB_SHA: commit,
    GITHUB_ACTOR: "ada",
    GITHUB_REPOSITORY: "example/infra",
    GITHUB_RUN_ID: "42",
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_REF: "refs/pull/7/merge",
    GITHUB_RUN_ATTEMPT: "2",
    RUNNER_NAME: "dev-host",
  };
  expect(readRunFacts(folder(), env)).toEqual({
    commit,
    actor: "ada",
    repository: "example/infra",
    runId: "42",
    pullRequest: 7,
    runUrl: "https://github.example/example/infra/actions/runs/42",
    attempt: "2",
    runner: "dev-host",
  });
});

test("a run on a branch is of no pull request", () => {
  checkout();
  expect(readRunFacts(folder(), { GITHUB_REF: "refs/heads/main" }).pullRequest).toBeUndefined();
});

test("another commit than the one that the run is for is refused", () => {
  const commit = checkout();
  expect(refusalOf(() => readRunFacts(folder(), { GITHUB_SHA: other }))).toMatchObject({
    code: "CONFIG_INVALID",
    message: `GitHub Actions runs for ${other}, but ${commit} is checked out.`,
  });
});

test("outside git, the run's own commit has to do", () => {
  expect(readRunFacts(folder(), { GITHUB_SHA: other }).commit).toBe(other);
});

test("without any commit there is nothing to deliver", () => {
  expect(refusalOf(() => readRunFacts(folder(), {}))).toMatchObject({ code: "CONFIG_MISSING" });
});
