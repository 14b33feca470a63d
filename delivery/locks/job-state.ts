/** Asks GitHub whether a job of its Actions goes on. */

import * as z from "zod";
import type { JobNote } from "./notes";

/** Whether a job goes on. */
export type JobState = "running" | "completed" | "unknown";

/** Asks about a job. Never throws: what cannot be found out is unknown. */
export type JobStateOf = (job: JobNote) => Promise<JobState>;

const limitMs = 10_000;

const answerSchema = z.object({
  jobs: z.array(z.object({ status: z.string(), runner_name: z.string().nullable() })),
});

/**
 * By GitHub's REST API, with the token in GITHUB_TOKEN; of a public repository GitHub tells it without one. The job is asked
 * about and not its run, which waits for approvals and is started again. Of several on runners of one name each must have
 * ended.
 *
 * @see https://docs.github.com/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run-attempt
 */
export const jobStateOf: JobStateOf = async ({ repository, runId, attempt, runner }) => {
  const { GITHUB_API_URL: api = "https://api.github.com", GITHUB_TOKEN: token = "" } = process.env;
  try {
    const answer = await fetch(
      `${api}/repos/${repository}/actions/runs/${runId}/attempts/${attempt}/jobs?per_page=100`,
      {
        headers: {
          accept: "application/vnd.github+json",
          ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        },
        signal: AbortSignal.timeout(limitMs),
      },
    );
    if (!answer.ok) return "unknown";
    const { jobs } = answerSchema.parse(await answer.json());
    const own = jobs.filter(({ runner_name }) => runner_name === runner);
    if (own.length === 0) return "unknown";
    return own.every(({ status }) => status === "completed") ? "completed" : "running";
  } catch {
    return "unknown";
  }
};
