/**
 * Sends records to Loki by its push API: https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
 *
 * Loki keeps one of two lines that are equal in labels, time and text, and ours are made once: what was taken and not
 * answered can be sent again.
 */

import { setTimeout as wait } from "node:timers/promises";
import { GroundworkError } from "../../settings/errors";
import { platformTenant } from "../../settings/platform/audit";
import { reasonOf } from "../smoke/endpoint";
import { metadataOf, streamOf, toLine, type AuditRecord } from "./record";

/** Where Loki is, and as whom it is written to. */
export interface Loki {
  /** Without a slash at its end. */
  readonly url: string;
  /** Never shown. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How an attempt ended. `refused`: these very records, and others may be taken. `unavailable`: no records now. */
export type PushResult =
  { readonly result: "sent" } | { readonly result: "refused" | "unavailable"; readonly message: string };

/** What {@link lokiOf} reads. */
export const lokiVariables = {
  url: "GROUNDWORK_LOKI_URL",
  user: "GROUNDWORK_LOKI_USER",
  password: "GROUNDWORK_LOKI_PASSWORD",
} as const;

/**
 * The Loki that the environment names; undefined where it names none.
 *
 * @throws CONFIG_INVALID for what is no http(s) URL, or holds a password: others would see it
 */
export function lokiOf(env: NodeJS.ProcessEnv): Loki | undefined {
  const { [lokiVariables.url]: given = "", [lokiVariables.user]: user = "" } = env;
  if (given === "") return undefined;
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol) || `${url.username}${url.password}` !== "") {
    throw new GroundworkError("CONFIG_INVALID", `${lokiVariables.url} is no address of a Loki.`, {
      suggestion: `Set it to http:// or https:// with a host; the login goes to ${lokiVariables.user} and ${lokiVariables.password}.`,
    });
  }
  const login = Buffer.from(`${user}:${env[lokiVariables.password] ?? ""}`).toString("base64");
  const headers = { "x-scope-orgid": platformTenant, ...(user === "" ? {} : { authorization: `Basic ${login}` }) };
  return { url: given.replace(/\/+$/, ""), headers };
}

/** The body of a push: a stream for each set of labels, in the order of time. */
export function pushBody(records: readonly AuditRecord[]) {
  const inOrder = records.toSorted((one, other) => one.at.localeCompare(other.at));
  const streams = Map.groupBy(inOrder, (record) => JSON.stringify(streamOf(record)));
  return {
    streams: [...streams].map(([labels, its]) => ({
      stream: JSON.parse(labels) as Record<string, string>,
      values: its.map((record) => [`${Date.parse(record.at)}000000`, toLine(record), metadataOf(record)]),
    })),
  };
}

/** How {@link push} waits. */
export interface PushOptions {
  /** Before it tries again what failed without a word on when. @default one second */
  readonly pauseMs?: number;
  /** Aborted: it gives up. @default never */
  readonly signal?: AbortSignal;
}

const attempts = 3;
const patienceMs = 10_000;
/** Who asks for more is not waited for: the next run sends it. */
const longestPauseMs = 30_000;

/** Sends them, in three attempts where Loki cannot be reached or is too busy. Never throws for what Loki does. */
export async function push(
  loki: Loki,
  records: readonly AuditRecord[],
  options: PushOptions = {},
): Promise<PushResult> {
  const { pauseMs = 1000, signal } = options;
  for (let attempt = 1; ; attempt++) {
    const { retryAfterMs = pauseMs, ...result } = await pushOnce(loki, records, signal);
    const isWorthIt = result.result === "unavailable" && retryAfterMs <= longestPauseMs && attempt < attempts;
    if (!isWorthIt || signal?.aborted === true) return result;
    await wait(retryAfterMs, undefined, { signal }).catch(() => undefined);
  }
}

async function pushOnce(
  { url, headers }: Loki,
  records: readonly AuditRecord[],
  signal: AbortSignal | undefined,
): Promise<PushResult & { readonly retryAfterMs?: number }> {
  const limit = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(`${url}/loki/api/v1/push`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(pushBody(records)),
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      redirect: "error",
    });
    const answer = (await response.text()).trim().slice(0, 300);
    // A page of whatever stands before Loki comes with 200.
    if (response.status === 204) return { result: "sent" };
    const message = `${url} answered ${response.status}: ${answer}`;
    if (response.status === 400) return { result: "refused", message };
    return { result: "unavailable", message, ...retryAfterOf(response) };
  } catch (error) {
    return { result: "unavailable", message: `${url} cannot be reached: ${reasonOf(error)}` };
  }
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after. A login that is refused stays refused. */
function retryAfterOf({ status, headers }: Response): { readonly retryAfterMs?: number } {
  if (status !== 429 && status < 500) return { retryAfterMs: Number.POSITIVE_INFINITY };
  const said = headers.get("retry-after");
  if (said === null) return {};
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.max(ms, 0) };
}
