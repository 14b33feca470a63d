/** Who writes by a token. */

import type { Repository } from "./repository";

/** The user whose name stands beside what GitHub Actions' own token writes. */
const actionsLogin = "github-actions[bot]";

/** The login by which comments and issues of ours are told from those of others, who may copy our marks. */
export async function ownLogin({ octokit }: Repository): Promise<string> {
  try {
    const { data } = await octokit.request("GET /user");
    return data.login;
  } catch (error) {
    // An installation's token, such as that of GitHub Actions, is of no user.
    if ((error as { readonly status?: number }).status === 403) return actionsLogin;
    throw error;
  }
}
