import { FolderStorage } from "../../../../delivery/storage/folder-storage";
import type { DeliveryContext } from "../../../../delivery/context";
import { inTurnOfApplies } from "../../../../delivery/plan/turn";
import { groundworkHome } from "../../../../host/home";
import { hostId } from "../../../../host/identity";
import { useTemporaryFolder } from "../../../support/temporary-folder";

const folder = useTemporaryFolder();
const key = "applying/dev.json";

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

const nobody = () => Promise.reject(new Error("nothing was interrupted"));

/** A turn that was taken by a process that is gone. */
async function leave(context: DeliveryContext, host: string): Promise<void> {
  const claim = {
    ...{ plan: "plans/dev/1", actor: "ada", since: "2026-11-30T12:00:00Z", host: "gone", hostId: host },
    process: { pid: 2 ** 22 + 1, started: "never" },
  };
  await context.storage.write(key, JSON.stringify(claim));
}

test("of two applies at once one works, and the other is told who has the turn", async () => {
  const [ada, grace] = [contextOf("ada"), contextOf("grace")];
  await inTurnOfApplies(ada, "plans/dev/1", nobody, async () => {
    const second = inTurnOfApplies(grace, "plans/dev/2", nobody, () => Promise.reject(new Error("both work")));
    await expect(second).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringContaining("by ada since") as string,
    });
  });
  expect(await inTurnOfApplies(grace, "plans/dev/2", nobody, () => Promise.resolve("done"))).toBe("done");
});

test("a turn is given back when the work fails", async () => {
  const context = contextOf("ada");
  const failing = inTurnOfApplies(context, "plans/dev/1", nobody, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await context.storage.list("applying/")).toEqual([]);
});

test("the turn of a process that is gone is taken, and its apply counts as interrupted", async () => {
  const context = contextOf("grace");
  await leave(context, hostId(groundworkHome()));
  const interrupted: string[] = [];
  const note = (actor: string, since: string) => Promise.resolve(void interrupted.push(`${actor} ${since}`));
  expect(await inTurnOfApplies(context, "plans/dev/2", note, () => Promise.resolve("done"))).toBe("done");
  expect(interrupted).toEqual(["ada 2026-11-30T12:00:00Z"]);
  expect(JSON.parse(String(await context.storage.read("plans/dev/1/ended.json")))).toMatchObject({
    outcome: "interrupted",
  });
});

test("the turn of a process that nobody here can see is left, with what to do", async () => {
  const context = contextOf("grace");
  await leave(context, "another-host");
  const refused = inTurnOfApplies(context, "plans/dev/2", nobody, () => Promise.resolve("done"));
  await expect(refused).rejects.toMatchObject({
    code: "LOCKED",
    suggestion: expect.stringContaining("run the same on gone") as string,
  });
  expect(await context.storage.list("applying/")).toEqual([key]);
});
