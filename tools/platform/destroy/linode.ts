/** Asks Linode's API what an account has, page by page. Reads only. Reference: https://techdocs.akamai.com/linode-api/reference/api */

import pRetry from "p-retry";
import * as z from "zod";
import { GroundworkError } from "../../../settings/errors";

/** How Linode is asked. */
export interface LinodeAccess {
  /** Never shown. */
  readonly token: string;
  /** Without a version. @default Linode's own */
  readonly url?: string | undefined;
  /** Before a call that was turned away is made again; Linode itself may ask for longer. @default 1000 */
  readonly pauseMs?: number;
}

const cluster = z.object({ id: z.number(), label: z.string() });
const volume = z.object({
  ...{ id: z.number(), label: z.string(), region: z.string() },
  /** GiB. */
  size: z.number(),
  /** The label of the machine that has it; of a node of LKE it begins with `lke` and the cluster's id. */
  linode_label: z.string().nullish(),
});
const balancer = z.object({
  ...{ id: z.number(), label: z.string(), region: z.string() },
  ...{ ipv4: z.string().nullish(), hostname: z.string().nullish(), tags: z.array(z.string()).default([]) },
  lke_cluster: z.object({ id: z.number() }).nullish(),
});
const price = z.object({
  id: z.string(),
  price: z.object({ monthly: z.number().nullish() }),
  region_prices: z.array(z.object({ id: z.string(), monthly: z.number().nullish() })).default([]),
});

/** A price list: US dollars a month, of a volume for each GiB. */
export type LinodePrice = z.output<typeof price>;

/** What an account has of what goes on being paid for without its cluster. */
export interface LinodeObjects {
  readonly clusters: readonly z.output<typeof cluster>[];
  readonly volumes: readonly z.output<typeof volume>[];
  readonly balancers: readonly z.output<typeof balancer>[];
}

/** @throws GroundworkError CONFIG_INVALID for a token that Linode does not take, PROVIDER_NOT_AVAILABLE otherwise */
export async function linodeObjects(access: LinodeAccess): Promise<LinodeObjects> {
  const [clusters, volumes, balancers] = await Promise.all([
    list(access, "/lke/clusters", cluster),
    list(access, "/volumes", volume),
    list(access, "/nodebalancers", balancer),
  ]);
  return { clusters, volumes, balancers };
}

/** What a volume and a NodeBalancer cost. @throws as {@link linodeObjects} */
export async function linodePrices(access: LinodeAccess) {
  const [volumes, balancers] = await Promise.all([
    list(access, "/volumes/types", price),
    list(access, "/nodebalancers/types", price),
  ]);
  return { volume: volumes[0], balancer: balancers.find(({ id }) => id === "nodebalancer") ?? balancers[0] };
}

/** The most that Linode gives at once. */
const pageSize = 500;

async function list<T>(access: LinodeAccess, path: string, item: z.ZodType<T>): Promise<T[]> {
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

async function askOnce({ token, url = "https://api.linode.com" }: LinodeAccess, path: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  const answer = await fetch(`${url}/v4${path}`, { headers, signal: AbortSignal.timeout(30_000) });
  if (answer.ok) return await answer.json();
  const said = reasonOf(await answer.text());
  if (answer.status === 401) throw notTaken(path, said);
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

function notTaken(path: string, said: string): GroundworkError {
  return new GroundworkError(
    "CONFIG_INVALID",
    `Linode does not let the token ask for ${path.replace(/\?.*/, "")}: ${said}`,
    {
      suggestion:
        "Make a token that may at least read Kubernetes, Volumes and NodeBalancers, then run `pulumi config set --secret linode:token`.",
    },
  );
}

function unavailable(cause: unknown): GroundworkError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new GroundworkError("PROVIDER_NOT_AVAILABLE", `Linode's API cannot be asked: ${message}`, {
    suggestion: "Run the same command again when it answers; https://status.linode.com says how it is.",
    cause,
  });
}
