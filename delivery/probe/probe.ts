/**
 * Whether the API server reaches what it must ask: admission webhooks and aggregated APIs, through the network policies. Where it
 * does not, objects are refused or taken unchecked, and nothing else says so before somebody needs one. Changes nothing.
 */

import pRetry from "p-retry";
import * as z from "zod";
import type { Finding } from "../finding";
import { askKubectl, getObjects, type ClusterChoice, type KubectlOptions } from "../kubectl";
import { examples, type Example } from "./examples";
import { explain } from "./explain";
import { reachOf, serverError, type Reach } from "./reach";
import { surroundings, type Service } from "./surroundings";
import { askedServices, configurations, webhooksFor, type AskedService } from "./webhooks";

/** How is asked. */
export interface ProbeOptions extends ClusterChoice {
  /** How long is tried again: what was just made is not reached at once. One attempt may go on a minute longer. @default 30 seconds */
  readonly limitMs?: number | undefined;
  /** Aborted: it ends. @default never */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks all at once. The subject of a finding is `namespace/name` of a service, or the name of an API.
 *
 * @throws GroundworkError PROVIDER_NOT_AVAILABLE when the cluster itself cannot be asked, or the signal's reason when that is
 * aborted; never for what it finds
 */
export async function probe({ limitMs = 30_000, ...options }: ProbeOptions = {}): Promise<readonly Finding[]> {
  const { signal } = options;
  const services = askedServices(configurations.parse(await getObjects(webhookKinds, options)));
  const apis = await aggregatedApis(options);
  const isTried = (service: AskedService) => examples.some((example) => webhooksFor(service, example).length > 0);
  return [
    ...(await Promise.all(
      examples.map((example) => persistently(() => tryExample(example, services, options), limitMs, signal)),
    )),
    ...services.filter((service) => !isTried(service)).map(notTried),
    ...(await Promise.all(apis.map(({ name }) => persistently(() => tryApi(name, options), limitMs, signal)))),
  ];
}

const webhookKinds = ["validatingwebhookconfigurations,mutatingwebhookconfigurations"];

/** Until it passes or the limit is over; the last result. */
async function persistently(
  attempt: () => Promise<Finding>,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  let last: Finding | undefined;
  const once = async () => {
    last = await attempt();
    if (last.outcome === "failed") throw new Error(last.message);
    return last;
  };
  const retry = { retries: Number.POSITIVE_INFINITY, factor: 1, minTimeout: 1000, maxRetryTime: limitMs, signal };
  return await pRetry(once, retry).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (last === undefined) throw error;
    return last;
  });
}

function notTried({ namespace, name }: AskedService): Finding {
  const message = "no object is known that its webhook must refuse";
  return { subject: `${namespace}/${name}`, outcome: "not tried", message };
}

async function tryExample(
  example: Example,
  services: readonly AskedService[],
  options: KubectlOptions,
): Promise<Finding> {
  const service = services.find((one) => webhooksFor(one, example).length > 0);
  if (service === undefined) {
    const message = `no webhook is asked about ${example.resource}.${example.group}: run \`pulumi up\`, which brings it`;
    return { subject: example.of, outcome: "failed", message };
  }
  const subject = `${service.namespace}/${service.name}`;
  const startedAt = performance.now();
  const parameters = ["create", "--dry-run=server", "--validate=false", "--filename=-"];
  const stdin = JSON.stringify(example.object(service.namespace));
  const { exitCode, stderr } = await askKubectl(parameters, { ...options, stdin });
  const elapsedMs = Math.round(performance.now() - startedAt);
  const said = serverError(stderr);
  const reach = exitCode === 0 ? reachOfIgnored(service, example, elapsedMs) : reachOf(said);
  if (reach === "verdict") {
    return { subject, outcome: "passed", message: `refused ${example.what} after ${elapsedMs} ms` };
  }
  const why = exitCode === 0 ? `${example.what} was taken` : said.replace(/\s+/g, " ");
  return await failed(subject, service, reach, why, options);
}

/**
 * Something passed that must not: the call failed and was left out. Why is not told, but a call that nobody answered took all the
 * time that its webhook has.
 */
function reachOfIgnored(service: AskedService, example: Example, elapsedMs: number): Reach {
  const limits = webhooksFor(service, example).map(({ timeoutSeconds }) => timeoutSeconds * 1000);
  return elapsedMs >= Math.min(...limits) ? "silent" : "failed";
}

async function failed(
  subject: string,
  service: Service,
  reach: Reach,
  said: string,
  options: KubectlOptions,
): Promise<Finding> {
  const why = explain(reach, await surroundings(service, options));
  return { subject, outcome: "failed", message: `${why} (${said})` };
}

const apiServices = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({ service: z.object({ namespace: z.string(), name: z.string() }).nullish() }),
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(""),
            message: z.string().default(""),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** The APIs that somebody else than the API server answers, such as metrics.k8s.io. */
async function aggregatedApis(options: KubectlOptions) {
  const { items } = z.object({ items: z.array(apiServices) }).parse(await getObjects(["apiservices"], options));
  return items.flatMap(({ metadata, spec }) => (spec.service == null ? [] : [{ name: metadata.name }]));
}

async function tryApi(subject: string, options: KubectlOptions): Promise<Finding> {
  const { spec, status } = apiServices.parse(await getObjects(["apiservice", subject], options));
  const {
    status: available,
    reason,
    message,
  } = status.conditions.find(({ type }) => type === "Available") ?? {
    status: "Unknown",
    reason: "Unknown",
    message: "the API server has not asked it yet",
  };
  if (available === "True" || spec.service == null) return { subject, outcome: "passed", message: "is available" };
  return await failed(subject, spec.service, reachOf(message), `${reason}: ${message}`, options);
}
