/** Asks GitHub whether a run of its Actions goes on. */

import type { JobNote } from "./notes";

/** Whether a run goes on. */
export type JobState = "running" | "completed" | "unknown";

/** Asks about a run. Never throws: what cannot be found out is unknown. */
export type JobStateOf = (job: JobNote) => Promise<JobState>;

const limitMs = 10_000;

/**
 * By GitHub's REST API, with the token in GITHUB_TOKEN; of a public repository GitHub tells it without one.
 *
 * @see https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run
 */
export const jobStateOf: JobStateOf = async ({ repository, runId }) => {
  const { GITHUB_API_URL: api = "https://api.github.com", GITHUB_TOKEN: token = "" } = process.env;
  try {
    const answer = await fetch(`${api}/repos/${repository}/actions/runs/${runId}`, {
      headers: { accept: "application/vnd.github+json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(limitMs),
    });
    if (!answer.ok) return "unknown";
    const { status } = (await answer.json()) as { readonly status?: string };
    return status === "completed" ? "completed" : "running";
  } catch {
    return "unknown";
  }
};
