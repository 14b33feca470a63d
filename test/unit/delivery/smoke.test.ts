/** The checks from outside, against servers that answer as the real ones do. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { kubernetesApplication, type SmokeTarget } from "../../../delivery/smoke/checks";
import { smoke, type CheckName, type CheckResult, type SmokeOptions } from "../../../delivery/smoke/smoke";
import { selfSigned, type Certificate } from "../../support/certificate";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map(async (server) => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    }),
  );
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What each of the five answers; what a request left behind is known by its trace. */
interface Platform {
  readonly pageStatus: number;
  readonly certificateDays: number;
  readonly trusted: boolean;
  /** The values of `up`. */
  readonly up: readonly string[];
  readonly keepsLogs: boolean;
  readonly keepsTraces: boolean;
  /** Of whose parts a trace is. */
  readonly service: string;
  readonly application: object;
  /** How many requests of the APIs are answered by 503 first. */
  readonly late: number;
}

const healthy: Platform = {
  ...{ pageStatus: 200, certificateDays: 60, trusted: true, up: ["1", "1"], keepsLogs: true, keepsTraces: true },
  ...{ service: "shop", late: 0 },
  application: { status: { sync: { status: "Synced" }, health: { status: "Healthy" } } },
};

interface Seen {
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
}

/** Starts a page and one server for all APIs, and says what they were asked. */
async function started(given: Partial<Platform> = {}): Promise<{ target: SmokeTarget; page: Seen[]; api: Seen[] }> {
  const platform = { ...healthy, ...given };
  const [page, api]: [Seen[], Seen[]] = [[], []];
  const certificate = selfSigned(folder(), platform.certificateDays);
  const other = platform.trusted ? certificate : selfSigned(folder(), platform.certificateDays + 1);
  const pagePort = await listening(pageServer(certificate, platform, page));
  const url = `http://127.0.0.1:${await listening(createServer(apiOf(platform, page, api)))}`;
  const target: SmokeTarget = {
    ...{ application: "shop", environment: "staging", ca: other.cert },
    page: `https://localhost:${pagePort}/`,
    prometheus: { url },
    loki: { url },
    tempo: { url },
    argocd: { url, path: kubernetesApplication("staging", "shop"), headers: { authorization: "Bearer the-token" } },
  };
  return { target, page, api };
}

function pageServer(certificate: Certificate, { pageStatus }: Platform, seen: Seen[]): Server {
  return createTlsServer({ ...certificate }, (request, response) => {
    seen.push({ url: new URL(request.url ?? "", "https://localhost"), headers: request.headers });
    response.writeHead(pageStatus).end("hello");
  });
}

function apiOf(platform: Platform, page: Seen[], seen: Seen[]): RequestListener {
  let refused = 0;
  return (request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    seen.push({ url, headers: request.headers });
    if (refused++ < platform.late) return response.writeHead(503).end("not yet");
    const trace = page[0]?.url.searchParams.get("smoke") ?? "none";
    const answer = answerOf(url, trace, platform);
    return response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer));
  };
}

function answerOf({ pathname, searchParams }: URL, trace: string, platform: Platform): object | undefined {
  const { up, keepsLogs, keepsTraces, service, application } = platform;
  if (pathname === "/api/v1/query") return { data: { result: up.map((value) => ({ value: [0, value] })) } };
  if (pathname === "/loki/api/v1/query_range") {
    const isAskedFor = keepsLogs && (searchParams.get("query") ?? "").includes(trace);
    return { data: { result: isAskedFor ? [{ stream: {}, values: [["0", `GET /?smoke=${trace}`]] }] : [] } };
  }
  if (pathname === `/api/traces/${trace}` && keepsTraces) {
    return { batches: [{ resource: { attributes: [{ key: "service.name", value: { stringValue: service } }] } }] };
  }
  return pathname === "/apis/argoproj.io/v1alpha1/namespaces/staging/applications/shop" ? application : undefined;
}

const quick: SmokeOptions = { limitMs: 1500, pauseMs: 20 };
const failures = (results: readonly CheckResult[]) => results.filter(({ passed }) => !passed).map(({ check }) => check);
const messageOf = (results: readonly CheckResult[], name: CheckName) =>
  results.find(({ check }) => check === name)?.message ?? "";

describe("an application that is there", () => {
  test("passes every check, in the order that they are shown in", async () => {
    const { target } = await started();
    const results = await smoke(target, quick);
    expect(results.map(({ check, passed }) => [check, passed])).toEqual(
      ["name", "page", "metrics", "log", "trace", "application"].map((check) => [check, true]),
    );
  });

  test("is asked by a request that says which trace it belongs to", async () => {
    const { target, page } = await started();
    await smoke(target, quick);
    const trace = page[0]?.url.searchParams.get("smoke") ?? "";
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(page[0]?.headers["traceparent"]).toBe(`00-${trace}-${trace.slice(0, 16)}-01`);
  });

  test("is looked for in what its environment alone has written", async () => {
    const { target, api } = await started();
    await smoke(target, quick);
    const kept = api.filter(({ url }) => /^\/(loki|api\/traces)/.test(url.pathname));
    expect(kept.map(({ headers }) => headers["x-scope-orgid"])).toEqual(["staging", "staging"]);
  });

  test("is waited for, when it is not seen at once", async () => {
    const { target } = await started({ late: 6 });
    expect(failures(await smoke(target, quick))).toEqual([]);
  });

  test("says how long its certificate lasts", async () => {
    const { target } = await started();
    expect(messageOf(await smoke(target, quick), "page")).toMatch(/answered 200, with a certificate for (59|60) days$/);
  });
});

describe("what is wrong is told:", () => {
  test.each<[string, Partial<Platform>, CheckName, RegExp]>([
    ["pods that Prometheus does not reach", { up: ["1", "0"] }, "metrics", /reaches 1 of 2 pods by up\{/],
    ["pods that Prometheus does not know", { up: [] }, "metrics", /knows no pod by up\{namespace="staging"/],
    ["a line that is not in Loki", { keepsLogs: false }, "log", /no line by \{namespace="staging"\}/],
    ["a trace that is not in Tempo", { keepsTraces: false }, "trace", /api\/traces\/[0-9a-f]{32} answered 404/],
    ["a trace of others alone", { service: "nginx" }, "trace", /has parts of nginx, and none of shop$/],
    [
      "an application that is not synced",
      { application: { status: { sync: { status: "OutOfSync" }, health: { status: "Healthy" } } } },
      "application",
      /^shop is OutOfSync and Healthy; allowed: Synced and Healthy$/,
    ],
    [
      "an application that is not healthy, and why",
      { application: { status: { sync: { status: "Synced" }, health: { status: "Degraded", message: "no quota" } } } },
      "application",
      /^shop is Synced and Degraded: no quota;/,
    ],
    [
      "an application whose repository ArgoCD may not read, in ArgoCD's words",
      {
        application: {
          status: {
            sync: { status: "Unknown" },
            health: { status: "Healthy" },
            conditions: [{ type: "ComparisonError", message: "authentication required: Repository not found." }],
          },
        },
      },
      "application",
      /is Unknown and Healthy: authentication required: Repository not found\.;/,
    ],
    ["an application that ArgoCD has not looked at", { application: {} }, "application", /is Unknown and Unknown;/],
    ["an answer that is none of ArgoCD's", { application: [] }, "application", /answered something else: \[\]$/],
  ])("%s", async (_, given, check, message) => {
    const { target } = await started(given);
    const results = await smoke(target, { ...quick, limitMs: 400 });
    expect([failures(results), messageOf(results, check)]).toEqual([[check], expect.stringMatching(message)]);
  });

  const afterThePage: CheckName[] = ["page", "log", "trace"];

  test.each<[string, Partial<Platform>, RegExp]>([
    ["a page that fails", { pageStatus: 502 }, /answered 502; allowed: 200 to 299$/],
    ["a certificate that nobody trusts", { trusted: false }, /does not answer: .*certificate/],
    ["a certificate that was not renewed", { certificateDays: 3 }, /ends in [23] days and was not renewed$/],
  ])("%s, and that what its request leaves behind was not looked for", async (_, given, message) => {
    const { target } = await started(given);
    const results = await smoke(target, { ...quick, limitMs: 400 });
    expect(failures(results)).toEqual(afterThePage);
    expect([messageOf(results, "page"), messageOf(results, "trace")]).toEqual([
      expect.stringMatching(message),
      "not tried: no request arrived",
    ]);
  });

  test("a page that is not https", async () => {
    const { target } = await started();
    const results = await smoke(
      { ...target, page: target.page.replace("https:", "http:") },
      { ...quick, limitMs: 200 },
    );
    expect(messageOf(results, "page")).toMatch(/^http:\/\/localhost:\d+\/ is not https$/);
  });

  test("a name that has no address", async () => {
    const { target } = await started();
    const results = await smoke({ ...target, page: "https://shop.invalid/" }, { ...quick, limitMs: 400 });
    expect(failures(results)).toEqual(["name", ...afterThePage]);
    expect(messageOf(results, "name")).toMatch(/^shop\.invalid has no address: /);
  });

  test("an API that nobody listens at, without what it is told in headers", async () => {
    const { target } = await started();
    const argocd = { ...target.argocd, url: "http://127.0.0.1:1" };
    const results = await smoke({ ...target, argocd }, { ...quick, limitMs: 300 });
    expect(messageOf(results, "application")).toMatch(/^http:\/\/127\.0\.0\.1:1\/apis\/.* cannot be asked: .*/);
    expect(JSON.stringify(results)).not.toContain("the-token");
  });
});

test("an API that never answers is left when the limit is over", async () => {
  const { target } = await started();
  const silent = `http://127.0.0.1:${await listening(createServer(() => undefined))}`;
  const results = await smoke({ ...target, prometheus: { url: silent } }, { ...quick, limitMs: 300 });
  expect(failures(results)).toEqual(["metrics"]);
});

test("checks that are stopped end at once", async () => {
  const { target } = await started({ up: [] });
  const results = await smoke(target, { pauseMs: 20, signal: AbortSignal.timeout(300) });
  expect(failures(results)).toEqual(["metrics"]);
});
