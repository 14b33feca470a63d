/** The store beside a state in a folder, on a real file system. */

import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FolderStorage } from "../../../delivery/storage/folder-storage";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const storage = (): FolderStorage => new FolderStorage(join(folder(), "groundwork"));

test("what was written is read back, byte by byte", async () => {
  const bytes = Buffer.from([0, 255, 10, 13]);
  await storage().write("checkpoints/dev/000001/state.json", bytes);
  expect(await storage().read("checkpoints/dev/000001/state.json")).toEqual(bytes);
});

test("a key that holds nothing reads as undefined", async () => {
  expect(await storage().read("locks/dev.json")).toBeUndefined();
});

test("a second write takes the place of the first", async () => {
  await storage().write("locks/dev.json", "one");
  expect(await storage().write("locks/dev.json", "two")).toBe(true);
  expect(String(await storage().read("locks/dev.json"))).toBe("two");
});

test("a write that asks for nothing to be there leaves what is there", async () => {
  await storage().write("locks/dev.json", "one");
  expect(await storage().write("locks/dev.json", "two", { onlyIfAbsent: true })).toBe(false);
  expect(String(await storage().read("locks/dev.json"))).toBe("one");
});

test("of twenty writes at once that ask for nothing to be there, one succeeds, and its content stays", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `writer ${index}`);
  const results = await Promise.all(
    names.map((name) => storage().write("locks/dev.json", name, { onlyIfAbsent: true })),
  );
  const winners = names.filter((_, index) => results[index]);
  expect(winners).toEqual([String(await storage().read("locks/dev.json"))]);
});

test("all keys with a prefix are listed, sorted, and no others", async () => {
  for (const key of ["b/2", "b/1", "bc", "a/1"]) await storage().write(key, "");
  expect(await storage().list("b/")).toEqual(["b/1", "b/2"]);
});

test("a store that is not there yet lists nothing", async () => {
  expect(await storage().list("")).toEqual([]);
});

test("what a killed write left is no key, and stays in no one's way", async () => {
  mkdirSync(join(folder(), "groundwork", ".drafts"), { recursive: true });
  writeFileSync(join(folder(), "groundwork", ".drafts", "half"), "ha");
  await storage().write("a", "whole");
  expect(await storage().list("")).toEqual(["a"]);
});

test("a write leaves no draft behind, whether it wrote or not", async () => {
  await storage().write("a", "one");
  await storage().write("a", "two", { onlyIfAbsent: true });
  expect(readdirSync(join(folder(), "groundwork", ".drafts"))).toEqual([]);
});

test("what was removed is gone, and removing it again is no error", async () => {
  await storage().write("a", "one");
  await storage().remove("a");
  await storage().remove("a");
  expect(await storage().read("a")).toBeUndefined();
});

test("what it keeps is readable by its owner alone", async () => {
  await storage().write("a", "one");
  expect(statSync(join(folder(), "groundwork", "a")).mode & 0o077).toBe(0);
});

test.each(["../state", "/etc/passwd", "a/../../b", "a//b", "a/", ".", ""])(
  "%j is no key: it could lead elsewhere",
  async (key) => {
    await expect(storage().read(key)).rejects.toThrow("is not a key");
  },
);
