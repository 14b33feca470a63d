/** Asks Linode's API what an account has, page by page. Reads only. Reference: https://techdocs.akamai.com/linode-api/reference/api */

import pRetry from "p-retry";
import * as z from "zod";
import { GroundworkError, messageOf } from "../../settings/errors";

/** How Linode is asked. */
export interface LinodeAccess {
  /** Never shown. */
  readonly token: string;
  /** The command that sets another one. */
  readonly setBy: string;
  /** Without a version. @default Linode's own */
  readonly url?: string | undefined;
  /** Before a call that was turned away is made again; Linode itself may ask for longer. @default 1000 */
  readonly pauseMs?: number;
}

/** The most that Linode gives at once. */
const pageSize = 500;

/**
 * Everything of a kind.
 *
 * @param path after the version, e.g. `/volumes` @param item what is read of each
 * @throws GroundworkError CONFIG_INVALID for a token that Linode does not take, PROVIDER_NOT_AVAILABLE otherwise
 */
export async function listAll<T>(access: LinodeAccess, path: string, item: z.ZodType<T>): Promise<T[]> {
  const answer = z.object({ data: z.array(item), pages: z.number().default(1) });
  const all: T[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const read = answer.parse(await ask(access, `${path}?page=${String(page)}&page_size=${String(pageSize)}`));
    all.push(...read.data);
    pages = read.pages;
  }
  return all;
}

/** A call that Linode may take a moment later. */
class Later extends Error {
  constructor(
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

async function ask(access: LinodeAccess, path: string): Promise<unknown> {
  const { pauseMs = 1000 } = access;
  return await pRetry(() => askOnce(access, path), {
    retries: 3,
    minTimeout: pauseMs,
    shouldRetry: ({ error }) => error instanceof Later,
    async onFailedAttempt({ error }) {
      if (error instanceof Later) await new Promise((resolve) => setTimeout(resolve, error.seconds * 1000));
    },
  }).catch((cause: unknown) => {
    if (cause instanceof GroundworkError) throw cause;
    throw unavailable(cause);
  });
}

async function askOnce({ token, setBy, url = "https://api.linode.com" }: LinodeAccess, path: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  const answer = await fetch(`${url}/v4${path}`, { headers, signal: AbortSignal.timeout(30_000) });
  if (answer.ok) return await answer.json();
  const said = reasonOf(await answer.text());
  if (answer.status === 401) throw notTaken(path, said, setBy);
  const message = `${path} answered ${String(answer.status)}: ${said}`;
  if (answer.status !== 429 && answer.status < 500) throw new Error(message);
  throw new Later(message, Number(answer.headers.get("retry-after") ?? 0));
}

/** https://techdocs.akamai.com/linode-api/reference/get-started#errors */
function reasonOf(text: string): string {
  try {
    const errors = z.object({ errors: z.array(z.object({ reason: z.string() })) });
    const told = errors.parse(JSON.parse(text)).errors.map(({ reason }) => reason);
    return told.join("; ");
  } catch {
    return text.slice(0, 200);
  }
}

function notTaken(path: string, said: string, setBy: string): GroundworkError {
  return new GroundworkError(
    "CONFIG_INVALID",
    `Linode does not let the token ask for ${path.replace(/\?.*/, "")}: ${said}`,
    {
      suggestion: `Make a token with the scopes that docs/guides/platform.md names, then run \`${setBy}\`.`,
    },
  );
}

function unavailable(cause: unknown): GroundworkError {
  const message = messageOf(cause);
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `Linode's API cannot be asked: ${message}`, {
    suggestion: "Run the same command again when it answers; https://status.linode.com says how it is.",
    cause,
  });
}
