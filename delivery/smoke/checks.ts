/** The single checks: each says what it found, or throws with what is wrong. None of them changes anything. */

import { lookup } from "node:dns/promises";
import * as z from "zod";
import { foundOf, whyUnwell, type Application } from "../argocd/application";
import { askJson, reasonOf, type Endpoint } from "./endpoint";
import { askPage } from "./page";

/** The way to an API, which is opened when it is asked for. @throws Error when it cannot be opened now */
export type Way = () => Promise<Endpoint>;

/** An application in an environment, and where what is known of it can be asked. */
export interface SmokeTarget {
  /** Its name, which is its Service's and its traces' too. */
  readonly application: string;
  /** Its namespace, by which logs and traces are kept apart. */
  readonly environment: string;
  /** Its page, https://. */
  readonly page: string;
  /** PEM. @default Node's own */
  readonly ca?: string | undefined;
  readonly prometheus: Way;
  readonly loki: Way;
  readonly tempo: Way;
  /** Its Application of ArgoCD's, as it is now. */
  readonly argocd: (signal: AbortSignal) => Promise<Application>;
}

/** One check. @param trace marks the request that is looked for: 32 hexadecimal digits */
export type Check = (target: SmokeTarget, trace: string, signal: AbortSignal) => Promise<string>;

/** cert-manager renews a certificate of 90 days when 30 are left; one that has so few was not renewed. */
const fewDays = 7;
const dayMs = 24 * 3600 * 1000;

/** The page's name is an address. */
export const nameCheck: Check = async ({ page }) => {
  const { hostname } = new URL(page);
  const found = await lookup(hostname, { all: true }).catch((error: unknown) => {
    throw new Error(`${hostname} has no address: ${reasonOf(error)}`);
  });
  return `${hostname} is ${found.map(({ address }) => address).join(", ")}`;
};

/** The page answers by https, with a certificate that lasts; the request is one that the other checks find again. */
export const pageCheck: Check = async ({ page, ca }, trace, signal) => {
  const url = new URL(page);
  if (url.protocol !== "https:") throw new Error(`${page} is not https`);
  url.searchParams.set("smoke", trace);
  const headers = { traceparent: `00-${trace}-${trace.slice(0, 16)}-01`, "user-agent": "groundwork-smoke" };
  const { status, validTo } = await askPage(url, { headers, signal, ca }).catch((error: unknown) => {
    throw new Error(`${page} does not answer: ${reasonOf(error)}`);
  });
  if (status < 200 || status > 299) throw new Error(`${page} answered ${status}; allowed: 200 to 299`);
  const days = Math.floor((validTo.getTime() - Date.now()) / dayMs);
  if (days < fewDays) throw new Error(`the certificate of ${url.host} ends in ${days} days and was not renewed`);
  return `${page} answered ${status}, with a certificate for ${days} days`;
};

const samples = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Prometheus reaches every pod of the application. */
export const metricsCheck: Check = async ({ application, environment, prometheus }, _, signal) => {
  const query = `up{namespace="${environment}",service="${application}"}`;
  const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
  const { data } = await askJson(await prometheus(), { path, answer: samples }, signal);
  const values = data.result.map(({ value }) => value[1]);
  const up = values.filter((value) => value === "1").length;
  if (values.length === 0) throw new Error(`Prometheus knows no pod by ${query}`);
  if (up < values.length) throw new Error(`Prometheus reaches ${up} of ${values.length} pods by ${query}`);
  return `Prometheus reaches ${up} of ${up} pods`;
};

const streams = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.string(), z.string()])) })) }),
});

/** The request's line is in Loki. */
export const logCheck: Check = async ({ environment, loki }, trace, signal) => {
  const query = `{namespace="${environment}"} |= "${trace}"`;
  const parameters = new URLSearchParams({ query, since: "15m", limit: "10" });
  const path = `/loki/api/v1/query_range?${parameters.toString()}`;
  const { data } = await askJson(ofTenant(await loki(), environment), { path, answer: streams }, signal);
  const lines = data.result.flatMap(({ values }) => values);
  if (lines.length === 0) throw new Error(`Loki has no line by ${query}`);
  return `Loki has ${lines.length} lines of the request`;
};

const batches = z.object({
  batches: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) })),
      }),
    }),
  ),
});

/** The request's trace is in Tempo, with a part of the application's. */
export const traceCheck: Check = async ({ application, environment, tempo }, trace, signal) => {
  const question = { path: `/api/traces/${trace}`, answer: batches };
  const answer = await askJson(ofTenant(await tempo(), environment), question, signal);
  const attributes = answer.batches.flatMap(({ resource }) => resource.attributes);
  const services = attributes.flatMap(({ key, value }) => (key === "service.name" ? [value.stringValue] : []));
  if (services.includes(application)) return `Tempo has the trace ${trace}`;
  throw new Error(`the trace ${trace} has parts of ${services.join(", ")}, and none of ${application}`);
};

/** ArgoCD has brought what is in Git, where it does that by itself, and it is healthy. */
export const applicationCheck: Check = async ({ application, argocd }, _, signal) => {
  const found = await argocd(signal);
  const wrong = whyUnwell(found);
  if (wrong !== undefined) throw new Error(`${application} ${wrong}`);
  return `${application} is ${foundOf(found)}`;
};

/** Loki and Tempo keep each environment's apart. */
function ofTenant({ url, headers = {} }: Endpoint, environment: string): Endpoint {
  return { url, headers: { ...headers, "X-Scope-OrgID": environment } };
}
