import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { approversOf } from "../../../../delivery/github/approvals";
import { keepComment } from "../../../../delivery/github/comments";
import { isOfFork } from "../../../../delivery/github/fork";
import { closeIssues, keepIssue } from "../../../../delivery/github/issues";
import { openRepository, repositoryOf, type Repository } from "../../../../delivery/github/repository";
import { GitHubApi } from "../../../support/github-api";
import { useTemporaryFolder } from "../../../support/temporary-folder";

const name = "acme/infrastructure";
const bot = "github-actions[bot]";
const marker = "<!-- groundwork preview dev -->";
const key = { label: "drift", marker: "<!-- groundwork drift dev -->" };

let api: GitHubApi;
let repository: Repository;

beforeEach(async () => {
  const tokens = {
    "token-of-bot": { login: bot },
    "token-of-ada": { login: "ada" },
    "read-only": { login: bot, writes: false },
  };
  api = await GitHubApi.start({ repository: name, tokens });
  repository = repositoryOf({ name, token: "token-of-bot", apiUrl: api.url, pauseMs: 1 });
});
afterEach(() => api.stop());

describe("the comment of a pull request", () => {
  test("is written once, and updated in place, also after a hundred others", async () => {
    const pullRequest = api.addIssue({ isPullRequest: true });
    for (let index = 0; index < 130; index += 1) api.addComment(pullRequest, "ada", `comment ${index}`);
    const first = await keepComment(repository, 1, marker, "one change");
    const second = await keepComment(repository, 1, marker, "two changes");
    expect(second).toBe(first);
    expect(pullRequest.comments.slice(130)).toMatchObject([{ body: `${marker}\ntwo changes`, html_url: first }]);
  });

  test("is never another's, whatever stands in that", async () => {
    const pullRequest = api.addIssue({ isPullRequest: true });
    const forged = api.addComment(pullRequest, "mallory", `${marker}\nall is well`);
    await keepComment(repository, 1, marker, "1 deleted");
    expect(forged.body).toBe(`${marker}\nall is well`);
    expect(pullRequest.comments).toHaveLength(2);
  });

  test("of a person's own token is that person's", async () => {
    const pullRequest = api.addIssue({ isPullRequest: true });
    const adas = repositoryOf({ name, token: "token-of-ada", apiUrl: api.url });
    await keepComment(adas, 1, marker, "one");
    await keepComment(adas, 1, marker, "two");
    expect(pullRequest.comments).toMatchObject([{ user: { login: "ada" }, body: `${marker}\ntwo` }]);
  });

  test("is one, also where GitHub took it and failed to say so", async () => {
    const pullRequest = api.addIssue({ isPullRequest: true });
    api.fail({ method: "POST", path: `/repos/${name}/issues/1/comments`, status: 502, isDone: true });
    await keepComment(repository, 1, marker, "one change");
    expect(pullRequest.comments).toHaveLength(1);
  });
});

describe("the issue of a stack", () => {
  test("is opened once, and updated in place", async () => {
    const first = await keepIssue(repository, key, "Drift in dev", "web: memoryMiB");
    const second = await keepIssue(repository, key, "Drift in dev", "web: memoryMiB, running");
    expect(second).toBe(first);
    expect(api.issues).toMatchObject([
      { state: "open", labels: [{ name: "drift" }], body: `${key.marker}\nweb: memoryMiB, running` },
    ]);
  });

  test("is told from those of other stacks, of other people, and from pull requests", async () => {
    const label = { labels: ["drift"] };
    api.addIssue({ ...label, login: bot, body: "<!-- groundwork drift prod -->\n" });
    api.addIssue({ ...label, login: "mallory", body: key.marker });
    api.addIssue({ ...label, login: bot, body: key.marker, isPullRequest: true });
    await keepIssue(repository, key, "Drift in dev", "text");
    expect(api.issues).toHaveLength(4);
    await closeIssues(repository, key, "It is gone.");
    expect(api.issues.map(({ state }) => state)).toEqual(["open", "open", "open", "closed"]);
  });

  test("is closed with a comment that says why; the next one is another issue", async () => {
    await keepIssue(repository, key, "Drift in dev", "text");
    expect(await closeIssues(repository, key, "It is gone.")).toEqual([
      "https://github.test/acme/infrastructure/issues/1",
    ]);
    expect(api.issues[0]).toMatchObject({
      state: "closed",
      comments: [{ body: "<!-- groundwork drift dev closed -->\nIt is gone." }],
    });
    await keepIssue(repository, key, "Drift in dev", "again");
    expect(api.issues.map(({ state }) => state)).toEqual(["closed", "open"]);
  });

  test("is not written to where there is none to be closed", async () => {
    expect(await closeIssues(repository, key, "It is gone.")).toEqual([]);
    expect(api.calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
  });

  test("gets one comment, also where closing it fails at first", async () => {
    await keepIssue(repository, key, "Drift in dev", "text");
    api.fail({ method: "PATCH", path: `/repos/${name}/issues/1`, status: 500, times: 2 });
    await closeIssues(repository, key, "It is gone.");
    expect(api.issues[0]).toMatchObject({ state: "closed", comments: [{}] });
    expect(api.issues[0]?.comments).toHaveLength(1);
  });
});

describe("faults", () => {
  const write = () => keepIssue(repository, key, "Drift in dev", "text");

  test("of GitHub's own are tried again", async () => {
    api.fail({ method: "GET", path: `/repos/${name}/issues`, status: 503, times: 3 });
    await write();
    expect(api.issues).toHaveLength(1);
  });

  test("that last are told, with what was to be done", async () => {
    api.fail({ method: "GET", path: `/repos/${name}/issues`, status: 503, times: 99, message: "Unicorn" });
    await expect(write()).rejects.toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      message: "GitHub did not take the issue in acme/infrastructure: 503: Unicorn.",
    });
  });

  test("of a limit are waited out for as long as GitHub says", async () => {
    const limited = { method: "POST", path: `/repos/${name}/issues`, status: 403 };
    api.fail({ ...limited, message: "You have exceeded a secondary rate limit", headers: { "Retry-After": "1" } });
    const began = performance.now();
    await write();
    expect(performance.now() - began).toBeGreaterThan(990);
    expect(api.issues).toHaveLength(1);
  });

  test("of a limit that is over in an hour are told at once", async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    api.fail({
      method: "GET",
      path: `/repos/${name}/issues`,
      status: 403,
      times: 2,
      message: "API rate limit",
      headers,
    });
    await expect(write()).rejects.toThrow("403: API rate limit");
    expect(api.calls.filter((call) => call === `GET /repos/${name}/issues`)).toHaveLength(1);
  });

  test.each([
    ["a token that is not valid", "none", /401: Bad credentials/, /Set GITHUB_TOKEN/],
    ["a token that may not write", "read-only", /403: Resource not accessible by integration/, /permissions/],
  ])("of %s are told at once, without the token", async (_, token, message, suggestion) => {
    repository = repositoryOf({ name, token, apiUrl: api.url, pauseMs: 1 });
    const error = await write().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({
      message: expect.stringMatching(message) as string,
      suggestion: expect.stringMatching(suggestion) as string,
    });
    expect(JSON.stringify(error)).not.toContain(token === "none" ? "token-of" : token);
  });

  test("of a text that is too long are GitHub's to tell", async () => {
    await expect(keepIssue(repository, key, "Drift", "x".repeat(65_536))).rejects.toThrow("422: Validation Failed");
  });

  test("of a server that is not there are told", async () => {
    const gone = repositoryOf({ name, token: "x", apiUrl: "http://127.0.0.1:9", pauseMs: 1 });
    await expect(keepIssue(gone, key, "Drift", "x")).rejects.toMatchObject({ code: "PROVIDER_NOT_AVAILABLE" });
  });
});

test("those who approved a run are told once each, without those who refused", async () => {
  const by = (login: string, state: string) => ({
    state,
    comment: "",
    environments: [{ name: "prod" }],
    user: { login },
  });
  api.approvals.set("7", [
    by("grace", "approved"),
    by("ada", "approved"),
    by("grace", "approved"),
    by("eve", "rejected"),
  ]);
  expect(await approversOf(repository, "7")).toEqual(["ada", "grace"]);
  expect(await approversOf(repository, "8")).toEqual([]);
});

test("without a token nothing is asked", () => {
  expect(openRepository({ GITHUB_REPOSITORY: name })).toBeUndefined();
  expect(openRepository({ GITHUB_REPOSITORY: name, GITHUB_TOKEN: "" })).toBeUndefined();
  expect(openRepository({ GITHUB_REPOSITORY: name, GITHUB_TOKEN: "x" })?.at).toEqual({
    owner: "acme",
    repo: "infrastructure",
  });
});

describe("a pull request", () => {
  const folder = useTemporaryFolder();
  const isFork = (event: object) => {
    const file = join(folder(), "event.json");
    writeFileSync(file, JSON.stringify(event));
    return isOfFork({ GITHUB_EVENT_PATH: file });
  };
  const from = (head: object | null) => ({
    pull_request: { head: { repo: head }, base: { repo: { full_name: name } } },
  });

  test("of the repository itself is none of a fork", () => {
    expect(isFork(from({ full_name: name }))).toBe(false);
  });

  test("of another one is, also when that is gone by now", () => {
    expect([isFork(from({ full_name: "mallory/infrastructure" })), isFork(from(null))]).toEqual([true, true]);
  });

  test("is not what every run is for", () => {
    expect([isFork({ ref: "refs/heads/main" }), isOfFork({})]).toEqual([false, false]);
  });
});
