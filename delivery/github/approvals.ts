/** Who let a run of a protected environment go on. */

import type { Repository } from "./repository";

/**
 * The logins of those who approved, sorted; none where the run needed no approval.
 *
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE
 */
export async function approversOf(repository: Repository, runId: string): Promise<readonly string[]> {
  const { octokit, at } = repository;
  const { data } = await repository.attempt("tell who approved", () =>
    octokit.request("GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals", { ...at, run_id: Number(runId) }),
  );
  const approved = data.filter(({ state }) => state === "approved").map(({ user }) => user.login);
  return [...new Set(approved)].sort();
}
