/** An issue of ours: one, kept up to date while there is reason for it, and closed when there is none. */

import { composePaginateRest } from "@octokit/plugin-paginate-rest";
import { keepComment } from "./comments";
import { ownLogin } from "./own-login";
import type { Repository } from "./repository";

/** How an issue of ours is found, and what it says. */
export interface IssueKey {
  readonly label: string;
  /** The first line of the body; an issue of ours that begins with it is this one. */
  readonly marker: string;
}

/**
 * Opens the issue, or updates the one that is open.
 *
 * @returns the address of its page
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE
 */
export async function keepIssue(repository: Repository, key: IssueKey, title: string, text: string): Promise<string> {
  const { octokit, at } = repository;
  const body = `${key.marker}\n${text}`;
  return repository.attempt("take the issue", async () => {
    const [open] = await openIssues(repository, key);
    const { data } =
      open === undefined
        ? await octokit.request("POST /repos/{owner}/{repo}/issues", { ...at, title, body, labels: [key.label] })
        : await octokit.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", {
            ...at,
            issue_number: open.number,
            title,
            body,
          });
    return data.html_url;
  });
}

/**
 * Closes every such issue that is open, with a comment that says why.
 *
 * @returns the addresses of their pages
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE
 */
export async function closeIssues(repository: Repository, key: IssueKey, comment: string): Promise<readonly string[]> {
  const { octokit, at } = repository;
  const open = await repository.attempt("tell the issues", () => openIssues(repository, key));
  for (const { number } of open) {
    await keepComment(repository, number, key.marker.replace("-->", "closed -->"), comment);
    const issue = { ...at, issue_number: number, state: "closed" } as const;
    await repository.attempt("close the issue", () =>
      octokit.request("PATCH /repos/{owner}/{repo}/issues/{issue_number}", issue),
    );
  }
  return open.map(({ html_url }) => html_url);
}

/** The oldest first. */
async function openIssues(repository: Repository, { label, marker }: IssueKey) {
  const { octokit, at } = repository;
  const author = await ownLogin(repository);
  const query = { ...at, labels: label, state: "open", sort: "created", direction: "asc", per_page: 100 } as const;
  const all = await composePaginateRest(octokit, "GET /repos/{owner}/{repo}/issues", query);
  return all.filter(
    // A pull request is an issue too.
    ({ pull_request, user, body }) =>
      pull_request === undefined && user?.login === author && body?.startsWith(marker) === true,
  );
}
