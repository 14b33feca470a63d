import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOnce, type Product } from "../../tools/rootfs/make-once";

let cache = "";
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "groundwork-cache-"));
});
afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
});

/** A product of one file, which tells who made it. */
function product(change: Partial<Product> = {}): Product {
  const make = async (draft: string) => {
    await Promise.resolve();
    writeFileSync(join(draft, "box"), "first");
  };
  return { what: "the box", folder: join(cache, "box-1"), roomMiB: 1, root: [], make, ...change };
}

/** What the cache holds, drafts and all. */
function kept(): string[] {
  return readdirSync(cache).sort();
}

describe("what is made once", () => {
  test("is there whole, and nothing besides", async () => {
    await makeOnce(product());
    expect(readFileSync(join(cache, "box-1", "box"), "utf8")).toBe("first");
    expect(kept()).toEqual(["box-1"]);
  });

  test("is not made again", async () => {
    await makeOnce(product());
    const make = jest.fn();
    await makeOnce(product({ make }));
    expect(make).not.toHaveBeenCalled();
  });

  test("leaves nothing when making it fails half-way", async () => {
    const make = async (draft: string) => {
      writeFileSync(join(draft, "box"), "half");
      return await Promise.reject(new Error("debootstrap ended with status 1"));
    };
    await expect(makeOnce(product({ make }))).rejects.toThrow("debootstrap ended with status 1");
    expect(kept()).toEqual([]);
  });

  test("is the first one's where two make it at once", async () => {
    const make = async (draft: string) => {
      await makeOnce(product());
      writeFileSync(join(draft, "box"), "second");
    };
    await makeOnce(product({ make }));
    expect(readFileSync(join(cache, "box-1", "box"), "utf8")).toBe("first");
    expect(kept()).toEqual(["box-1"]);
  });

  test("clears away the draft of a program that was killed, and no running one's", async () => {
    const ended = spawnSync(process.execPath, ["--version"]).pid;
    const others = `draft-${String(process.ppid)}-abcdef`;
    mkdirSync(join(cache, `draft-${String(ended)}-abcdef`, "root"), { recursive: true });
    mkdirSync(join(cache, others));
    await makeOnce(product());
    expect(kept()).toEqual(["box-1", others]);
  });

  test("is refused, with both amounts, before anything is made where there is no room", async () => {
    const make = jest.fn();
    const refusal = makeOnce(product({ roomMiB: 1e9, make }));
    await expect(refusal).rejects.toMatchObject({ code: "INSUFFICIENT_RESOURCES" });
    await expect(refusal).rejects.toThrow(/takes 1000000000 MiB in .*, and \d+ MiB are free/);
    expect(make).not.toHaveBeenCalled();
    expect(kept()).toEqual([]);
  });

  test("says that the room ran out while it was made, and gives it back", async () => {
    const full = "mke2fs ended with status 1: No space left on device while populating file system";
    const make = async (draft: string) => {
      writeFileSync(join(draft, "box"), "half");
      return await Promise.reject(new Error(full));
    };
    await expect(makeOnce(product({ make }))).rejects.toMatchObject({ code: "INSUFFICIENT_RESOURCES" });
    expect(existsSync(join(cache, "box-1"))).toBe(false);
    expect(kept()).toEqual([]);
  });
});
