/** Numbered checkpoints in a real folder. What the engine exports is played. */

import { FolderStorage } from "../../../delivery/storage/folder-storage";
import {
  keepCheckpoint,
  listCheckpoints,
  readCheckpoint,
  readCheckpointState,
} from "../../../delivery/checkpoints/checkpoint";
import { laterRefusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";

const facts = { stack: "prod", commit: "c0ffee", actor: "ada", reason: "by-hand" } as const;
const stateOf = (name: string) =>
  JSON.stringify({ version: 3, deployment: { manifest: { time: "now" }, resources: [{ urn: name }] } });

describe("checkpoints", () => {
  const folder = useTemporaryFolder();
  let storage: FolderStorage;

  beforeEach(() => {
    storage = new FolderStorage(folder());
  });

  const keep = (name = "a", more: Partial<Parameters<typeof keepCheckpoint>[2]> = {}) =>
    keepCheckpoint(storage, { state: stateOf(name) }, { ...facts, ...more });

  test("are numbered from 1, and say what was told", async () => {
    await keep();
    const second = await keep("b", { planHash: "beef", approvedBy: ["grace"], reason: "before-apply" });
    expect(second).toMatchObject({
      ...facts,
      number: 2,
      planHash: "beef",
      approvedBy: ["grace"],
      reason: "before-apply",
    });
    expect(await listCheckpoints(storage, "prod")).toMatchObject([{ number: 1 }, second]);
  });

  test("of two states have two hashes, of the same one the same", async () => {
    const hashes = [await keep("a"), await keep("b"), await keep("a")].map(({ stateHash }) => stateHash);
    expect(hashes[2]).toBe(hashes[0]);
    expect(hashes[1]).not.toBe(hashes[0]);
  });

  test("that are taken at once get a number each, and their own states", async () => {
    const taken = await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => keep(name)));
    expect(taken.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    const states = await Promise.all(taken.map((checkpoint) => readCheckpointState(storage, checkpoint)));
    expect(states).toEqual(["a", "b", "c", "d", "e", "f"].map(stateOf));
  });

  test("of one stack do not count for another", async () => {
    await keep("a");
    expect(await keep("b", { stack: "prod-eu" })).toMatchObject({ number: 1 });
    expect(await listCheckpoints(storage, "prod")).toMatchObject([{ stack: "prod" }]);
  });

  test("of a run that was killed between its files are none, and their number is not given again", async () => {
    await storage.write("checkpoints/prod/000001/state.json", stateOf("killed"));
    expect(await keep()).toMatchObject({ number: 2 });
    expect(await listCheckpoints(storage, "prod")).toMatchObject([{ number: 2 }]);
  });

  test("beyond those that are kept are removed with their states, and what a killed run left with them", async () => {
    await storage.write("checkpoints/prod/000001/state.json", stateOf("killed"));
    for (let taken = 0; taken < 22; taken++) await keep(String(taken));
    const keys = await storage.list("checkpoints/prod/");
    const numbers = Array.from({ length: 20 }, (_, index) => String(index + 4).padStart(6, "0"));
    expect(keys).toEqual(
      numbers.flatMap((number) =>
        ["applications", "checkpoint", "state"].map((name) => `checkpoints/prod/${number}/${name}.json`),
      ),
    );
  });

  test("that there are not are named, with the command that shows those that there are", async () => {
    const refusal = await laterRefusalOf(readCheckpoint(storage, "prod", 7));
    expect([refusal.code, refusal.message]).toEqual(["INFRA_NOT_FOUND", "The stack prod has no checkpoint 7."]);
    expect(refusal.suggestion).toContain("bin/delivery snapshot -s prod --list");
  });
});
