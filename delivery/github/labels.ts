/** The labels of the pull request that a run is for. */

import type { RunFacts } from "../context";
import type { Repository } from "./repository";

/**
 * Those of the run's pull request; of a run after a merge, those of the pull requests that its commit came by.
 *
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE
 */
export async function labelsOf(
  { octokit, at, attempt }: Repository,
  { pullRequest, commit }: Pick<RunFacts, "pullRequest" | "commit">,
): Promise<readonly string[]> {
  return attempt("tell the labels", async () => {
    if (pullRequest !== undefined) {
      const issue = { ...at, issue_number: pullRequest, per_page: 100 };
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/issues/{issue_number}/labels", issue);
      return data.map(({ name }) => name);
    }
    const merged = { ...at, commit_sha: commit };
    const { data } = await octokit.request("GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls", merged);
    return data.flatMap(({ labels }) => labels.map(({ name }) => name));
  });
}
