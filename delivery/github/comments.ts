/** A comment of ours on a pull request: one, kept up to date. */

import { composePaginateRest } from "@octokit/plugin-paginate-rest";
import { ownLogin } from "./own-login";
import type { Repository } from "./repository";

/** The most that a comment and an issue hold, in characters. */
export const bodyCharacters = 65_536;

/**
 * Writes the comment, or updates the one that is there.
 *
 * @param marker the first line of the body; a comment of ours that begins with it is this one
 * @returns the address of its page
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE
 */
export async function keepComment(
  repository: Repository,
  pullRequest: number,
  marker: string,
  text: string,
): Promise<string> {
  const { octokit, at } = repository;
  const body = `${marker}\n${text}`;
  return repository.attempt("take the comment", async () => {
    const author = await ownLogin(repository);
    const list = { ...at, issue_number: pullRequest, per_page: 100 };
    const all = await composePaginateRest(octokit, "GET /repos/{owner}/{repo}/issues/{issue_number}/comments", list);
    const own = all.find((comment) => comment.user?.login === author && comment.body?.startsWith(marker) === true);
    const { data } =
      own === undefined
        ? await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", { ...list, body })
        : await octokit.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
            ...at,
            comment_id: own.id,
            body,
          });
    return data.html_url;
  });
}
