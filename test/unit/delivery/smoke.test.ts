/** The checks from outside, against servers that answer as the real ones do. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readApplication } from "../../../delivery/argocd/application";
import type { SmokeTarget } from "../../../delivery/smoke/checks";
import { smoke, type CheckName, type CheckResult, type SmokeOptions } from "../../../delivery/smoke/smoke";
import { selfSigned } from "../../support/certificate";
import { SmokeServers, type SmokeAnswers } from "../../support/smoke-servers";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(ending.splice(0).map((end) => end()));
});

/** The address of a server that ends with the test. */
async function listening(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  ending.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const wayTo = (url: string) => () => Promise.resolve({ url });

/** One that ArgoCD syncs by itself, unless its spec is another. */
const applicationWith = (status: object, spec: object = { syncPolicy: { automated: {} } }) =>
  readApplication({ metadata: { name: "shop", namespace: "staging" }, spec, status });

/** What the servers answer, the page's certificate, and what ArgoCD says. */
interface Given extends Partial<SmokeAnswers> {
  readonly certificateDays?: number;
  readonly trusted?: boolean;
  readonly application?: object;
}

const wellKept = { sync: { status: "Synced" }, health: { status: "Healthy" } };

/** Starts the servers, and says what they were asked. */
async function started({ certificateDays = 60, trusted = true, application = wellKept, ...answers }: Given = {}) {
  const certificate = selfSigned(folder(), certificateDays);
  const other = trusted ? certificate : selfSigned(folder(), certificateDays + 1);
  const servers = await SmokeServers.start(certificate);
  ending.push(() => servers.stop());
  Object.assign(servers.answers, answers);
  const way = wayTo(`http://127.0.0.1:${servers.apiPort}`);
  const target: SmokeTarget = {
    application: "shop",
    environment: "staging",
    page: servers.pageUrl,
    ca: other.cert,
    prometheus: way,
    loki: way,
    tempo: way,
    argocd: () => Promise.resolve(applicationWith(application)),
  };
  return { target, page: servers.page, api: servers.api };
}

const quick: SmokeOptions = { limitMs: 1500, pauseMs: 20 };
const failures = (results: readonly CheckResult[]) =>
  results.filter(({ outcome }) => outcome === "failed").map(({ check }) => check);
const messageOf = (results: readonly CheckResult[], name: CheckName) =>
  results.find(({ check }) => check === name)?.message ?? "";

describe("an application that is there", () => {
  test("passes every check, in the order that they are shown in", async () => {
    const { target } = await started();
    const results = await smoke(target, quick);
    expect(results.map(({ check, outcome }) => [check, outcome])).toEqual(
      ["name", "page", "metrics", "log", "trace", "application"].map((check) => [check, "passed"]),
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
  test.each<[string, Given, CheckName, RegExp]>([
    ["pods that Prometheus does not reach", { up: ["1", "0"] }, "metrics", /reaches 1 of 2 pods by up\{/],
    ["pods that Prometheus does not know", { up: [] }, "metrics", /knows no pod by up\{namespace="staging"/],
    ["a line that is not in Loki", { keepsLogs: false }, "log", /no line by \{namespace="staging"\}/],
    ["a trace that is not in Tempo", { keepsTraces: false }, "trace", /api\/traces\/[0-9a-f]{32} answered 404/],
    ["a trace of others alone", { service: "nginx" }, "trace", /has parts of nginx, and none of shop$/],
    [
      "an application that is not synced",
      { application: { sync: { status: "OutOfSync" }, health: { status: "Healthy" } } },
      "application",
      /^shop is OutOfSync and Healthy; allowed: Synced and Healthy$/,
    ],
    [
      "an application that is not healthy, and why",
      { application: { sync: { status: "Synced" }, health: { status: "Degraded", message: "no quota" } } },
      "application",
      /^shop is Synced and Degraded: no quota;/,
    ],
    [
      "an application whose repository ArgoCD may not read, in ArgoCD's words",
      {
        application: {
          sync: { status: "Unknown" },
          health: { status: "Healthy" },
          conditions: [{ type: "ComparisonError", message: "authentication required: Repository not found." }],
        },
      },
      "application",
      /is Unknown and Healthy: authentication required: Repository not found\.;/,
    ],
    ["an application that ArgoCD has not looked at", { application: {} }, "application", /is Unknown and Unknown;/],
  ])("%s", async (_, given, check, message) => {
    const { target } = await started(given);
    const results = await smoke(target, { ...quick, limitMs: 600 });
    expect([failures(results), messageOf(results, check)]).toEqual([[check], expect.stringMatching(message)]);
  });

  const notTried = (results: readonly CheckResult[]) =>
    results.filter(({ outcome }) => outcome === "not tried").map(({ check, message }) => [check, message]);
  const afterThePage = ["log", "trace"].map((check) => [check, "no request arrived"]);

  test.each<[string, Given, RegExp]>([
    ["a page that fails", { pageStatus: 502 }, /answered 502; allowed: 200 to 299$/],
    ["a certificate that nobody trusts", { trusted: false }, /does not answer: .*certificate/],
    ["a certificate that was not renewed", { certificateDays: 3 }, /ends in [23] days and was not renewed$/],
  ])("%s, and that what its request leaves behind was not looked for", async (_, given, message) => {
    const { target } = await started(given);
    const results = await smoke(target, { ...quick, limitMs: 600 });
    expect([failures(results), messageOf(results, "page")]).toEqual([["page"], expect.stringMatching(message)]);
    expect(notTried(results)).toEqual(afterThePage);
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
    const results = await smoke({ ...target, page: "https://shop.invalid/" }, { ...quick, limitMs: 600 });
    expect(failures(results)).toEqual(["name"]);
    expect(notTried(results)).toEqual([["page", "the name has no address"], ...afterThePage]);
    expect(messageOf(results, "name")).toMatch(/^shop\.invalid has no address: /);
  });

  test("an API that nobody listens at, without what it is told in headers", async () => {
    const { target } = await started();
    const prometheus = () =>
      Promise.resolve({ url: "http://127.0.0.1:1", headers: { authorization: "Bearer the-token" } });
    const results = await smoke({ ...target, prometheus }, { ...quick, limitMs: 600 });
    expect(messageOf(results, "metrics")).toMatch(/^http:\/\/127\.0\.0\.1:1\/api\/v1\/query cannot be asked: .*/);
    expect(JSON.stringify(results)).not.toContain("the-token");
  });

  test("an API that answers something else", async () => {
    const { target } = await started();
    const other = await listening(createServer((_, response) => response.end("<html>")));
    const results = await smoke({ ...target, loki: wayTo(other) }, { ...quick, limitMs: 600 });
    expect(messageOf(results, "log")).toMatch(/answered something else: <html>$/);
  });

  test("a way that cannot be opened", async () => {
    const { target } = await started();
    const tempo = () => Promise.reject(new Error("no pod runs"));
    const results = await smoke({ ...target, tempo }, { ...quick, limitMs: 600 });
    expect([failures(results), messageOf(results, "trace")]).toEqual([["trace"], "no pod runs"]);
  });
});

test("an application that waits for a person to sync it has to be healthy alone", async () => {
  const { target } = await started();
  const argocd = () =>
    Promise.resolve(applicationWith({ sync: { status: "OutOfSync" }, health: { status: "Healthy" } }, {}));
  expect(messageOf(await smoke({ ...target, argocd }, quick), "application")).toBe("shop is OutOfSync and Healthy");
});

test("an API that never answers is left when the limit is over", async () => {
  const { target } = await started();
  const silent = await listening(createServer(() => undefined));
  const results = await smoke({ ...target, prometheus: wayTo(silent) }, { ...quick, limitMs: 600 });
  expect(failures(results)).toEqual(["metrics"]);
});

test("checks that are stopped end at once", async () => {
  const { target } = await started({ up: [] });
  const results = await smoke(target, { pauseMs: 20, signal: AbortSignal.timeout(600) });
  expect(failures(results)).toEqual(["metrics"]);
});
