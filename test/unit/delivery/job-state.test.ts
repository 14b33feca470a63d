/** Whether the job of a note goes on, as the stand-in for GitHub tells it. */

import { jobStateOf } from "../../../delivery/locks/job-state";
import { GitHubApi, type StoredJob } from "../../support/github-api";

const name = "acme/infrastructure";
const job = { repository: name, runId: "7", runUrl: "https://github.test/7", attempt: "1", runner: "dev-host" };
const before = { ...process.env };
let api: GitHubApi;

beforeEach(async () => {
  api = await GitHubApi.start({ repository: name, tokens: { "token-of-bot": { login: "github-actions[bot]" } } });
  Object.assign(process.env, { GITHUB_API_URL: api.url, GITHUB_TOKEN: "token-of-bot" });
});
afterEach(async () => {
  process.env = { ...before };
  await api.stop();
});

const ended: StoredJob = { status: "completed", runner_name: "dev-host" };
const running: StoredJob = { status: "in_progress", runner_name: "dev-host" };
const waiting: StoredJob = { status: "waiting", runner_name: null };

test.each([
  ["goes on", "running", [running]],
  ["has ended, though another job of the run waits for an approval", "completed", [ended, waiting]],
  ["has ended, and another one on a runner of this name goes on", "running", [ended, running]],
  ["is none of those that there are", "unknown", [waiting]],
] as const)("a job that %s is %s", async (_, state, jobs) => {
  api.jobs.set("7/attempts/1", jobs);
  expect(await jobStateOf(job)).toBe(state);
});

test("a job has ended though its run was started again", async () => {
  api.jobs.set("7/attempts/1", [ended]);
  api.jobs.set("7/attempts/2", [running]);
  expect([await jobStateOf(job), await jobStateOf({ ...job, attempt: "2" })]).toEqual(["completed", "running"]);
});

test("of a job that GitHub does not know, or does not tell, nothing is known", async () => {
  expect(await jobStateOf(job)).toBe("unknown");
  process.env["GITHUB_TOKEN"] = "another";
  api.jobs.set("7/attempts/1", [ended]);
  expect(await jobStateOf(job)).toBe("unknown");
});
