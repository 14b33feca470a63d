/** One repository by GitHub's REST API. */

import { setTimeout as delay } from "node:timers/promises";
import { Octokit } from "@octokit/core";
import pRetry from "p-retry";
import { GroundworkError } from "../../settings/errors";

/** How a repository is reached. */
export interface RepositoryOptions {
  /** `owner/name`. */
  readonly name: string;
  readonly token: string;
  /** @default GitHub's own */
  readonly apiUrl?: string | undefined;
  /** Aborted: nothing is asked any more. @default never */
  readonly signal?: AbortSignal | undefined;
  /** Before the second attempt; doubled before each further one. @default one second */
  readonly pauseMs?: number;
}

/** What every request to a repository needs. */
export interface Repository {
  readonly octokit: Octokit;
  /** The parameters of a path that begins with `/repos/{owner}/{repo}`. */
  readonly at: { readonly owner: string; readonly repo: string };
  /**
   * Does something with the API, again where GitHub was at fault or asks to wait. What is done must first look at what is
   * there: of a request that was answered with a fault nobody knows whether it was done.
   *
   * @throws GroundworkError PROVIDER_NOT_AVAILABLE
   */
  readonly attempt: <T>(what: string, work: () => Promise<T>) => Promise<T>;
}

/** Attempts after the first one, and how long GitHub may ask us to wait. */
const retries = 4;
const longestWaitSeconds = 120;

/** The repository of a run, or undefined where there is no token: then nothing is asked and nothing written. */
export function openRepository(env: NodeJS.ProcessEnv, signal?: AbortSignal): Repository | undefined {
  const { GITHUB_TOKEN: token = "", GITHUB_REPOSITORY: name = "", GITHUB_API_URL: apiUrl } = env;
  return token === "" || name === "" ? undefined : repositoryOf({ name, token, apiUrl, signal });
}

/** A repository by its name. */
export function repositoryOf({ name, token, apiUrl, signal, pauseMs = 1000 }: RepositoryOptions): Repository {
  const [owner = "", repo = ""] = name.split("/");
  const octokit = new Octokit({
    auth: token,
    userAgent: "groundwork",
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
    request: { ...(signal === undefined ? {} : { signal }) },
    // What is wrong is said once, by us.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  });
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await pRetry(work, {
        retries,
        minTimeout: pauseMs,
        signal,
        shouldRetry: ({ error }) => isPassing(error),
        onFailedAttempt: ({ error }) => (isPassing(error) ? waitAsTold(error, signal) : undefined),
      });
    } catch (error) {
      throw explain(what, name, error);
    }
  };
  return { octokit, at: { owner, repo }, attempt };
}

const ignore = (): void => undefined;

interface Answer extends Error {
  readonly status?: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

/** Whether the same may succeed later: GitHub is at fault, cannot be reached, or wants us to be slower. */
function isPassing(error: Answer): boolean {
  const { status } = error;
  if (status === undefined) return false;
  if (status === 403 || status === 429) {
    const seconds = secondsToWait(error);
    return seconds !== undefined && seconds <= longestWaitSeconds;
  }
  return status >= 500;
}

/**
 * How long GitHub says to wait; undefined where it does not.
 *
 * @see https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
function secondsToWait({ response }: Answer): number | undefined {
  const headers = response?.headers ?? {};
  if (headers["retry-after"] !== undefined) return Number(headers["retry-after"]);
  if (String(headers["x-ratelimit-remaining"]) !== "0") return undefined;
  return Math.max(0, Number(headers["x-ratelimit-reset"]) - Math.floor(Date.now() / 1000));
}

async function waitAsTold(error: Answer, signal: AbortSignal | undefined): Promise<void> {
  await delay((secondsToWait(error) ?? 0) * 1000, undefined, { signal });
}

function explain(what: string, name: string, error: unknown): GroundworkError {
  const { status, message } = error as Answer;
  const suggestion = status === undefined ? undefined : suggestions[status];
  // Octokit adds the page of its documentation to what GitHub says.
  const said = message.replace(/ - https:\S+$/, "");
  const answered = status === undefined ? said : `${status}: ${said}`;
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `GitHub did not ${what} in ${name}: ${answered}.`, {
    details: { repository: name, ...(status === undefined ? {} : { status }) },
    cause: error,
    suggestion: suggestion ?? "Run the same command again: what is there already is found and updated.",
  });
}

const suggestions: Readonly<Record<number, string>> = {
  401: "Set GITHUB_TOKEN to a token that is valid.",
  403: "Give the job `permissions` of pull-requests: write and issues: write, or wait until GitHub's limit is over.",
  404: "Set GITHUB_REPOSITORY to a repository that the token reaches.",
  422: "Report this: the request is not one that GitHub understands.",
};
