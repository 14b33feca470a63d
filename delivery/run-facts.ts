/** The facts of a run: from GitHub Actions' variables where it runs there, else from git and this host. */

import { spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { GroundworkError } from "../settings/errors";
import type { RunFacts } from "./context";

/**
 * Reads the facts.
 *
 * @param directory the checkout
 * @param env where GitHub Actions tells its facts @see https://docs.github.com/actions/reference/variables-reference
 * @throws CONFIG_INVALID when what is checked out is not the commit that GitHub Actions runs for; CONFIG_MISSING when
 *   neither git nor GitHub Actions tells a commit
 */
export function readRunFacts(directory: string, env: NodeJS.ProcessEnv = process.env): RunFacts {
  const commit = commitOf(directory, env["GITHUB_SHA"]);
  const actor = env["GITHUB_ACTOR"] ?? userInfo().username;
  const { GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: runId, GITHUB_SERVER_URL: server = "https://github.com" } = env;
  const { GITHUB_RUN_ATTEMPT: attempt, RUNNER_NAME: runner } = env;
  const pullRequest = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "")?.[1];
  return {
    commit,
    actor,
    ...(repository === undefined ? {} : { repository }),
    ...(runId === undefined ? {} : { runId }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(runner === undefined ? {} : { runner }),
    ...(repository === undefined || runId === undefined
      ? {}
      : { runUrl: `${server}/${repository}/actions/runs/${runId}` }),
    ...(pullRequest === undefined ? {} : { pullRequest: Number(pullRequest) }),
  };
}

function commitOf(directory: string, told: string | undefined): string {
  const git = spawnSync("git", ["rev-parse", "HEAD"], { cwd: directory, encoding: "utf8" });
  const checkedOut = git.status === 0 ? git.stdout.trim() : undefined;
  const commit = checkedOut ?? told;
  if (commit === undefined) {
    throw new GroundworkError("CONFIG_MISSING", `There is no commit to deliver: ${directory} is not a git checkout.`, {
      suggestion: "Run it in a clone of the repository, with git on the PATH.",
    });
  }
  if (told === undefined || told === commit) return commit;
  throw new GroundworkError("CONFIG_INVALID", `GitHub Actions runs for ${told}, but ${commit} is checked out.`, {
    details: { told, checkedOut: commit },
    suggestion: "Let actions/checkout take the commit of the event: give it no `ref`.",
  });
}
