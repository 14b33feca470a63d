/** Which charts of the platform have newer versions than those that are pinned. */

import Table from "cli-table3";
import pRetry from "p-retry";
import { parse } from "yaml";
import * as z from "zod";
import { messageOf } from "../../settings/errors";
import { charts, type ChartSource } from "../../settings/platform/charts";

const index = z.object({ entries: z.record(z.string(), z.array(z.object({ version: z.string() }))) });
const tags = z.object({ tags: z.array(z.string()) });
const token = z.object({ token: z.string() });

/** What was found of one chart. */
export interface ChartNews {
  readonly name: string;
  readonly pinned: string;
  /** The newest that is no trial version; or why it is not known. */
  readonly newest: string;
  readonly isNewer: boolean;
}

/** Asks every chart's own repository. A folder without an index tells nothing and is left out. */
export function newerCharts(sources: Readonly<Record<string, ChartSource>> = charts): Promise<readonly ChartNews[]> {
  const asked = Object.entries(sources).filter(([, { isFolder }]) => isFolder !== true);
  return Promise.all(
    asked.map(async ([name, source]) => {
      const pinned = source.version;
      try {
        const newest = newestOf(await versionsOf(source)) ?? "none";
        return { name, pinned, newest, isNewer: newest !== "none" && compare(newest, pinned) > 0 };
      } catch (error) {
        return { name, pinned, newest: `not known: ${messageOf(error)}`, isNewer: false };
      }
    }),
  );
}

/** The news as a table for people, newer ones marked. */
export function chartTable(news: readonly ChartNews[]): string {
  const table = new Table({ head: ["CHART", "PINNED", "NEWEST", ""], style: { head: [], border: [] } });
  for (const { name, pinned, newest, isNewer } of news) table.push([name, pinned, newest, isNewer ? "newer" : ""]);
  return table.toString();
}

/** The newest version that is no trial one. */
export function newestOf(versions: readonly string[]): string | undefined {
  return versions
    .filter((version) => /^v?\d+\.\d+\.\d+$/.test(version))
    .sort(compare)
    .at(-1);
}

function compare(one: string, other: string): number {
  return one.replace(/^v/, "").localeCompare(other.replace(/^v/, ""), "en", { numeric: true });
}

async function versionsOf({ chart, repository }: ChartSource): Promise<readonly string[]> {
  if (repository.startsWith("oci://")) return tagsOf(repository.replace("oci://", "https://"), chart);
  const { entries } = index.parse(parse(await (await get(`${repository}/index.yaml`)).text()));
  return (entries[chart] ?? []).map(({ version }) => version);
}

/** Of a registry: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags */
async function tagsOf(repository: string, chart: string): Promise<readonly string[]> {
  const { origin, pathname } = new URL(repository);
  const list = `${origin}/v2${pathname}/${chart}/tags/list?n=1000`;
  const first = await fetch(list, { signal: AbortSignal.timeout(30_000) });
  if (first.status !== 401) return tags.parse(await first.json()).tags;
  // Anybody is given a token: https://distribution.github.io/distribution/spec/auth/token
  const challenge = first.headers.get("www-authenticate") ?? "";
  const [realm = "", service = "", scope = ""] = ["realm", "service", "scope"].map(
    (name) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1],
  );
  const answer = await get(`${realm}?${new URLSearchParams({ service, scope }).toString()}`);
  const headers = { Authorization: `Bearer ${token.parse(await answer.json()).token}` };
  return tags.parse(await (await get(list, headers)).json()).tags;
}

function get(address: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return pRetry(
    async () => {
      const answer = await fetch(address, { headers, signal: AbortSignal.timeout(30_000) });
      if (!answer.ok) throw new Error(`${address} answers ${String(answer.status)}`);
      return answer;
    },
    { retries: 2, minTimeout: 500 },
  );
}
