/** The store beside a state in a folder, on a real file system. */

import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FolderStorage } from "../../../delivery/storage/folder-storage";
import { testStorage } from "../../support/storage-contract";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
const storage = (): FolderStorage => new FolderStorage(join(folder(), "groundwork"));

testStorage(storage);

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
