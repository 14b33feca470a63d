/** What every store beside a state must do, wherever it keeps things. */

import type { Storage } from "../../delivery/storage/storage";

/** @param storage one that is empty at the beginning of each test; each call gives another client of it */
export function testStorage(storage: () => Storage): void {
  test("what was written is read back, byte by byte", async () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    expect(await storage().write("checkpoints/dev/000001/state.json", bytes)).toBe(true);
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
    const one = storage();
    const results = await Promise.all(names.map((name) => one.write("locks/dev.json", name, { onlyIfAbsent: true })));
    expect(names.filter((_, index) => results[index])).toEqual([String(await one.read("locks/dev.json"))]);
  });

  test("what was removed is gone, and removing it again is no error", async () => {
    await storage().write("a", "one");
    await storage().remove("a");
    await storage().remove("a");
    expect(await storage().read("a")).toBeUndefined();
  });
}
