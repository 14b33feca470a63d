/** The audit: what is recorded, in which words, and that it reaches a strict stand-in for Loki once, whatever happens. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { entryOfEvent } from "../../../delivery/audit/engine-events";
import { lokiOf, pushBody, type Loki } from "../../../delivery/audit/loki";
import { forgetOld, keep, listKept, sendKept } from "../../../delivery/audit/outbox";
import { recorder } from "../../../delivery/audit/recorder";
import { fromLines, toLine, type AuditEntry, type AuditRecord } from "../../../delivery/audit/record";
import type { DeliveryContext } from "../../../delivery/context";
import { FolderStorage } from "../../../delivery/storage/folder-storage";
import { LokiServer } from "../../support/loki-server";
import { refusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { auditRecord } from "./audit-record";

const dayMs = 24 * 3600 * 1000;
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

const recordOf = (id: string, more: Partial<AuditRecord> = {}) => auditRecord(id, { at: ago(0), ...more });

describe("a record", () => {
  test("is the same line however it was built, and the line is the record", () => {
    const { id, ...rest } = recordOf("1");
    expect(toLine({ ...rest, id })).toBe(toLine({ id, ...rest }));
    expect(fromLines(`${toLine(recordOf("1", rest))}\n`)).toEqual([{ id, ...rest }]);
  });

  test("goes to the stream of its labels, with its resource and commit at the line, its time in nanoseconds", () => {
    const record = recordOf("1", { at: "2026-11-30T12:00:00.250Z" });
    expect(pushBody([record])).toEqual({
      streams: [
        {
          stream: { job: "audit", stack: "prod", environment: "platform", actor: "ada", action: "apply" },
          values: [["1796040000250000000", toLine(record), { resource: "Stack/prod", commit: "1a2b3c4" }]],
        },
      ],
    });
  });

  test("stands in its stream in the order of time", () => {
    const [late, early] = [recordOf("late"), recordOf("early", { at: ago(1000) })];
    const lines = pushBody([late, early]).streams.map(({ values }) => values.map(([, line]) => line));
    expect(lines).toEqual([[toLine(early), toLine(late)]]);
  });
});

describe("of the engine's events", () => {
  const type = "kubernetes:apps/v1:Deployment";
  const step = (more: Partial<StepEventMetadata>): StepEventMetadata =>
    ({ op: "update", urn: `urn:pulumi:prod::groundwork::${type}::shop`, type, ...more }) as StepEventMetadata;
  const done = (more: Partial<StepEventMetadata>) =>
    entryOfEvent({ resOutputsEvent: { metadata: step(more) } } as EngineEvent, ["staging"]);

  test("a change of a resource is an entry with the engine's type and name", () => {
    expect(done({})).toEqual({
      source: "engine",
      action: "update",
      resource: `${type}/shop`,
      outcome: "succeeded",
    });
  });

  test("a change that failed is one too", () => {
    const event = { resOpFailedEvent: { metadata: step({ op: "delete" }), status: 1, steps: 1 } } as EngineEvent;
    expect(entryOfEvent(event, [])).toMatchObject({ action: "delete", outcome: "failed" });
  });

  test("the environment is the namespace, where that is one", () => {
    const inside = (namespace: string) => done({ new: { inputs: { metadata: { namespace } } } as never });
    expect(inside("staging")).toMatchObject({ environment: "staging" });
    expect(inside("monitoring")).not.toHaveProperty("environment");
  });

  test("what changes nothing is none: looks, previews, the stack itself", () => {
    const planned = { resOutputsEvent: { metadata: step({}), planning: true } } as EngineEvent;
    const entries = [done({ op: "same" }), done({ op: "refresh" }), done({ type: "pulumi:pulumi:Stack" })];
    expect([...entries, entryOfEvent(planned, [])]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("the address of Loki", () => {
  test("may be missing", () => {
    expect(lokiOf({})).toBeUndefined();
  });

  test("is told the platform's tenant, and the login where there is one", () => {
    const login = { GROUNDWORK_LOKI_USER: "ci", GROUNDWORK_LOKI_PASSWORD: "hunter2" };
    expect(lokiOf({ GROUNDWORK_LOKI_URL: "https://loki.example.com/", ...login })).toEqual({
      url: "https://loki.example.com",
      headers: { "x-scope-orgid": "platform", authorization: `Basic ${btoa("ci:hunter2")}` },
    });
  });

  test.each(["loki.example.com", "ftp://loki.example.com", "https://ci:hunter2@loki.example.com"])(
    "is refused, and not shown, as %s",
    (url) => {
      const refusal = refusalOf(() => lokiOf({ GROUNDWORK_LOKI_URL: url }));
      expect(refusal.code).toBe("CONFIG_INVALID");
      expect(refusal.toText()).not.toContain("hunter2");
    },
  );
});

describe("what is kept", () => {
  const folder = useTemporaryFolder();
  let storage: FolderStorage, server: LokiServer, loki: Loki;

  beforeEach(async () => {
    storage = new FolderStorage(folder());
    server = await LokiServer.start("ci:hunter2");
    loki = lokiOf({
      GROUNDWORK_LOKI_URL: server.url,
      GROUNDWORK_LOKI_USER: "ci",
      GROUNDWORK_LOKI_PASSWORD: "hunter2",
    })!;
  });
  afterEach(() => server.stop());

  const send = () => sendKept(storage, "prod", loki, { pauseMs: 0 });
  const idsAtLoki = () => server.records.map(({ id }) => id);

  test("is sent, and then kept as sent", async () => {
    await keep(storage, [recordOf("1"), recordOf("2")]);
    expect(await send()).toEqual({ sent: 2, kept: 0, problems: [] });
    expect(idsAtLoki()).toEqual(["1", "2"]);
    expect(await listKept(storage, "prod")).toMatchObject([{ isSent: true }, { isSent: true }]);
  });

  test("is sent once", async () => {
    await keep(storage, [recordOf("1")]);
    await send();
    expect(await send()).toEqual({ sent: 0, kept: 0, problems: [] });
    expect(server.requests).toHaveLength(1);
  });

  test("stays where there is no Loki, and is sent when there is one", async () => {
    await keep(storage, [recordOf("1")]);
    expect(await sendKept(storage, "prod", undefined)).toEqual({ sent: 0, kept: 1, problems: [] });
    expect(await send()).toMatchObject({ sent: 1 });
  });

  test("waits for the next run where nobody listens, and the message says where", async () => {
    await keep(storage, [recordOf("1")]);
    const gone = await LokiServer.start();
    const { url } = gone;
    await gone.stop();
    const report = await sendKept(storage, "prod", { ...loki, url }, { pauseMs: 0 });
    expect(report).toMatchObject({ sent: 0, kept: 1, problems: [expect.stringContaining(`${url} cannot be reached`)] });
    expect(await send()).toMatchObject({ sent: 1 });
  });

  test("is at Loki once though the answer was lost", async () => {
    await keep(storage, [recordOf("1")]);
    server.failNext(...Array.from({ length: 3 }, () => "taken, and the connection cut" as const));
    expect(await send()).toMatchObject({ sent: 0, kept: 1 });
    expect(await send()).toMatchObject({ sent: 1, kept: 0 });
    expect([server.requests.length, idsAtLoki()]).toEqual([4, ["1"]]);
  });

  test("is tried again when Loki is too busy, as soon as it says", async () => {
    await keep(storage, [recordOf("1")]);
    server.failNext({ status: 429, headers: { "retry-after": "0" } }, { status: 500 });
    expect(await send()).toMatchObject({ sent: 1 });
    expect(server.requests).toHaveLength(3);
  });

  test("is not tried again when Loki wants to be left alone for long", async () => {
    await keep(storage, [recordOf("1")]);
    server.failNext({ status: 429, headers: { "retry-after": "3600" } });
    expect(await send()).toMatchObject({ sent: 0, kept: 1, problems: [expect.stringContaining("answered 429")] });
    expect(server.requests).toHaveLength(1);
  });

  test("stays at a page that is not Loki's, though it answers well", async () => {
    await keep(storage, [recordOf("1")]);
    server.failNext({ status: 200 });
    expect(await send()).toMatchObject({ sent: 0, kept: 1 });
  });

  test("is not tried again, nor is anything after it, when the login is refused", async () => {
    await keep(storage, [recordOf("1")]);
    await keep(storage, [recordOf("2")]);
    const stranger = { ...loki, headers: { "x-scope-orgid": "platform" } };
    expect(await sendKept(storage, "prod", stranger, { pauseMs: 0 })).toMatchObject({ kept: 2 });
    expect(server.requests).toHaveLength(1);
  });

  test("and refused for what it is, holds nothing else up", async () => {
    await keep(storage, [recordOf("future", { at: ago(-dayMs) })]);
    await keep(storage, [recordOf("older", { at: ago(1000) })]);
    expect(await send()).toMatchObject({ sent: 1, kept: 1 });
    await keep(storage, [recordOf("newer")]);
    expect(await send()).toMatchObject({ sent: 1, kept: 1, problems: [expect.stringContaining("too new")] });
    expect(idsAtLoki()).toEqual(["older", "newer"]);
  });

  test("for long is sent before what is new, which Loki would not take it after", async () => {
    await keep(storage, [recordOf("new")]);
    await keep(storage, [recordOf("old", { at: ago(2 * dayMs) })]);
    expect(await send()).toMatchObject({ sent: 2, problems: [] });
    expect(idsAtLoki()).toEqual(["old", "new"]);
  });

  test("of one stack is not another's", async () => {
    await keep(storage, [recordOf("1", { stack: "prod-eu" })]);
    expect(await send()).toMatchObject({ sent: 0, kept: 0 });
    expect(await listKept(storage, "prod")).toEqual([]);
  });

  test("is listed since a time, each record once, in order", async () => {
    for (const [id, days] of [
      ["1", 3],
      ["2", 2],
      ["3", 1],
    ] as const) {
      await keep(storage, [recordOf(id, { at: ago(days * dayMs) })]);
    }
    // A run that was killed after Loki had it left it in both places.
    const [key = ""] = await storage.list("audit/prod/unsent/");
    await storage.write(key.replace("unsent", "sent"), (await storage.read(key))!);
    const ids = async (since?: Date) => (await listKept(storage, "prod", since)).map(({ id }) => id);
    expect(await ids()).toEqual(["1", "2", "3"]);
    expect(await ids(new Date(Date.now() - 2.5 * dayMs))).toEqual(["2", "3"]);
  });

  describe.each(["sent", "unsent"])("and is %s", (box) => {
    const [justBefore, midnight] = ["2026-10-30T23:59:59.999Z", "2026-10-31T00:00:00.000Z"];

    beforeEach(async () => {
      for (const at of [justBefore, midnight]) {
        const lines = `${toLine(recordOf(at, { at }))}\n`;
        await storage.write(`audit/prod/${box}/${at.slice(0, 10)}/${at.slice(11).replaceAll(":", "-")}.jsonl`, lines);
      }
    });

    const leftAt = async (now: string) => {
      await forgetOld(storage, "prod", new Date(now));
      return (await listKept(storage, "prod")).map(({ id }) => id);
    };

    test.each([
      ["2026-11-29T23:59:59.999Z", [justBefore, midnight]],
      ["2026-11-30T00:00:00.000Z", [midnight]],
      ["2026-11-30T23:59:59.999Z", [midnight]],
      ["2026-12-01T00:00:00.000Z", []],
    ])("at %s, those of the 30 days before that day are left", async (now, left) => {
      expect(await leftAt(now)).toEqual(left);
    });
  });

  test("of one stack is not forgotten with another's", async () => {
    await keep(storage, [recordOf("1", { stack: "prod-eu", at: "2026-01-01T00:00:00.000Z" })]);
    await forgetOld(storage, "prod", new Date("2026-12-01T00:00:00.000Z"));
    expect(await listKept(storage, "prod-eu")).toHaveLength(1);
  });

  test("of before and after midnight together, is listed from either", async () => {
    const [before, after] = ["2026-11-29T23:59:59.900Z", "2026-11-30T00:00:00.100Z"];
    await keep(storage, [recordOf("before", { at: before }), recordOf("after", { at: after })]);
    expect((await listKept(storage, "prod", new Date("2026-11-30T00:00:00.000Z"))).map(({ id }) => id)).toEqual([
      "after",
    ]);
  });
});

describe("a recorder", () => {
  const folder = useTemporaryFolder();
  const entry: AuditEntry = { source: "delivery", action: "apply", resource: "Stack/prod", outcome: "began" };
  let said: string[];

  const contextWith = (storage: Pick<FolderStorage, "read" | "write" | "list" | "remove">) =>
    ({
      workspace: { directory: folder(), stack: "prod", variables: {} },
      storage,
      run: { commit: "1a2b3c4", actor: "ada" },
      signal: new AbortController().signal,
      say: (line: string) => void said.push(line),
    }) as unknown as DeliveryContext;

  beforeEach(() => {
    said = [];
  });

  test("has the entry in the store, with what is known of the run, before it goes on", async () => {
    const storage = new FolderStorage(folder());
    await recorder(contextWith(storage), {}).record(entry);
    expect(await listKept(storage, "prod")).toMatchObject([
      { ...entry, stack: "prod", environment: "platform", actor: "ada", commit: "1a2b3c4" },
    ]);
  });

  test("keeps what the engine did without being waited for, in few files", async () => {
    const storage = new FolderStorage(folder());
    const { observe, flush } = recorder(contextWith(storage), {});
    const metadata = { op: "create", type: "command:local:Command", urn: "urn:pulumi:prod::groundwork::x::web" };
    for (let count = 0; count < 100; count++) observe({ resOutputsEvent: { metadata } } as unknown as EngineEvent);
    expect(await flush()).toEqual({ sent: 0, kept: 100, problems: [] });
    expect((await storage.list("audit/")).length).toBeLessThanOrEqual(2);
  });

  test("says of an object in which of the environments it is that the stack's file names", async () => {
    const file = "config:\n  groundwork:platform:\n    environments: { live: {} }\n";
    writeFileSync(join(folder(), "Pulumi.prod.yaml"), file);
    const storage = new FolderStorage(join(folder(), "store"));
    const { observe, flush } = recorder(contextWith(storage), {});
    for (const namespace of ["live", "monitoring"]) {
      const type = "kubernetes:core/v1:Secret";
      const object = { inputs: { metadata: { namespace } } };
      const metadata = { op: "create", type, urn: `urn:pulumi:prod::groundwork::${type}::${namespace}`, new: object };
      observe({ resOutputsEvent: { metadata } } as unknown as EngineEvent);
    }
    await flush();
    expect((await listKept(storage, "prod")).map(({ environment }) => environment).sort()).toEqual([
      "live",
      "platform",
    ]);
  });

  test("tries what the store did not take again with the next entry", async () => {
    const storage = new FolderStorage(folder());
    let isGone = true;
    const write: FolderStorage["write"] = (...all) =>
      isGone ? Promise.reject(new Error("the bucket is gone")) : storage.write(...all);
    const { record } = recorder(contextWith({ ...bound(storage), write }), {});
    await expect(record(entry)).rejects.toThrow("the bucket is gone");
    isGone = false;
    await record({ ...entry, outcome: "succeeded" });
    expect((await listKept(storage, "prod")).map(({ outcome }) => outcome)).toEqual(["began", "succeeded"]);
  });

  test("tells the run's log what the store never took", async () => {
    const write = () => Promise.reject(new Error("the bucket is gone"));
    const { record, flush } = recorder(contextWith({ ...bound(new FolderStorage(folder())), write }), {});
    await record(entry).catch(() => undefined);
    await expect(flush()).rejects.toThrow("the bucket is gone");
    expect(said.map((line) => fromLines(line))).toEqual([[expect.objectContaining(entry)]]);
  });

  const bound = (storage: FolderStorage) => ({
    read: (key: string) => storage.read(key),
    write: (...all: Parameters<FolderStorage["write"]>) => storage.write(...all),
    list: (prefix: string) => storage.list(prefix),
    remove: (key: string) => storage.remove(key),
  });
});
