import type { AuditEntry } from "../../../../delivery/audit/record";
import type { DeliveryContext } from "../../../../delivery/context";
import { describeHoldings, refuseLiving } from "../../../../delivery/locks/unlock";
import { endTurn, inTurnOfApplies, readTurn } from "../../../../delivery/plan/turn";
import { FolderStorage } from "../../../../delivery/storage/folder-storage";
import { groundworkHome } from "../../../../host/home";
import { hostId } from "../../../../host/identity";
import { refusalOf } from "../../../support/refusal";
import { useTemporaryFolder } from "../../../support/temporary-folder";

const folder = useTemporaryFolder();
const key = "applying/dev.json";
const here = () => hostId(groundworkHome());
const first = { action: "apply", resource: "Stack/dev", plan: "plans/dev/1" } as const;
const second = { action: "rollback", resource: "Checkpoint/7" } as const;

let told: AuditEntry[];
beforeEach(() => (told = []));
const audit = { record: (entry: AuditEntry) => Promise.resolve(void told.push(entry)) };

function contextOf(actor: string): DeliveryContext {
  return {
    workspace: { directory: folder(), stack: "dev", variables: {} },
    storage: new FolderStorage(folder()),
    run: { commit: "1".repeat(40), actor },
    signal: new AbortController().signal,
    say: () => undefined,
    show: () => undefined,
    output: () => undefined,
  };
}

const job = { repository: "example/infra", runId: "7", runUrl: "https://github.test/7", attempt: "1", runner: "one" };

/** A turn that was taken by a process that is gone. @param of the host, and of the job where it was one */
async function leave({ storage }: DeliveryContext, of: { readonly hostId: string; readonly job?: typeof job }) {
  const claim = {
    stack: "dev",
    actor: "ada",
    commit: "2".repeat(40),
    since: "2026-11-30T12:00:00Z",
    host: "gone",
    ...first,
    process: { pid: 2 ** 22 + 1, started: "never" },
    ...of,
  };
  await storage.write(key, JSON.stringify(claim));
}

test("of an apply and a rollback at once one works, and the other is told who has the turn", async () => {
  const [ada, grace] = [contextOf("ada"), contextOf("grace")];
  await inTurnOfApplies(ada, audit, first, async () => {
    const refused = inTurnOfApplies(grace, audit, second, () => Promise.reject(new Error("both work")));
    await expect(refused).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringMatching(/turn \(apply\), held by ada on .* since .*; it runs on this host/) as string,
    });
  });
  expect(await inTurnOfApplies(grace, audit, second, () => Promise.resolve("done"))).toBe("done");
  expect(told).toEqual([]);
});

test("a turn is given back when the work fails", async () => {
  const context = contextOf("ada");
  const failing = inTurnOfApplies(context, audit, first, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await context.storage.list("applying/")).toEqual([]);
});

test("the turn of a process that is gone is taken, and its apply counts as interrupted", async () => {
  const context = contextOf("grace");
  await leave(context, { hostId: here() });
  expect(await inTurnOfApplies(context, audit, second, () => Promise.resolve("done"))).toBe("done");
  expect(told).toEqual([
    {
      source: "delivery",
      action: "apply",
      resource: "Stack/dev",
      actor: "ada",
      commit: "2".repeat(40),
      outcome: "failed",
      message: "the run that began at 2026-11-30T12:00:00Z was cut off",
    },
  ]);
  expect(JSON.parse(String(await context.storage.read("plans/dev/1/ended.json")))).toMatchObject({
    outcome: "interrupted",
  });
});

test("the turn of a process that nobody here can see is left, with whom to ask and what to do", async () => {
  const context = contextOf("grace");
  await leave(context, { hostId: "another-host" });
  const refused = inTurnOfApplies(context, audit, second, () => Promise.resolve("done"));
  await expect(refused).rejects.toMatchObject({
    code: "LOCKED",
    suggestion: expect.stringMatching(
      /Ask ada, or run `bin\/delivery unlock` on gone.* remove groundwork\/applying/,
    ) as string,
  });
  expect(await context.storage.list("applying/")).toEqual([key]);
});

test.each([
  ["completed", "gone"],
  ["running", "alive"],
  ["unknown", "unknown"],
] as const)("when GitHub says that the job which has the turn is %s, it is %s", async (state, verdict) => {
  const context = contextOf("grace");
  await leave(context, { hostId: "another-host", job });
  expect(await readTurn(context, () => Promise.resolve(state))).toMatchObject({ verdict: { state: verdict } });
});

test("a turn is shown as a lock is: who, since when, by which job", async () => {
  const context = contextOf("grace");
  await leave(context, { hostId: "another-host", job });
  const turn = await readTurn(context, () => Promise.resolve("completed"));
  const [, , row = ""] = describeHoldings("dev", [turn!]).split("\n");
  expect(row.split("|").map((cell) => cell.trim())).toEqual([
    ...["", "turn (apply)", "ada", "gone", String(2 ** 22 + 1), "2026-11-30T12:00:00Z", job.runUrl],
    ...[`gone: its job has ended: ${job.runUrl}`, ""],
  ]);
});

test("a turn whose file tells nothing is nobody's to remove", async () => {
  const context = contextOf("grace");
  await context.storage.write(key, "{");
  const turn = await readTurn(context);
  expect(refusalOf(() => refuseLiving("dev", [turn!]))).toMatchObject({
    code: "LOCKED",
    suggestion: expect.stringContaining(`remove groundwork/${key}`) as string,
  });
});

test("a turn that another run has taken meanwhile stays that run's", async () => {
  const context = contextOf("grace");
  await leave(context, { hostId: here() });
  const left = await readTurn(context);
  await inTurnOfApplies(contextOf("alan"), audit, second, async () => {
    await endTurn(context, audit, left!);
    expect(await readTurn(context)).toMatchObject({ holder: { username: "alan" } });
  });
  expect(told).toHaveLength(1);
});
