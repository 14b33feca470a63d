import type * as fs from "node:fs";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readConsumption, readLimits } from "../../../drivers/containers/cgroup";

let mockRoot = "";

/** The kernel's folder is a fixed one; here it stands elsewhere, so that both versions can be laid out. */
jest.mock("node:fs", () => {
  const real = jest.requireActual<typeof fs>("node:fs");
  const readFileSync = (file: string, encoding: BufferEncoding) =>
    real.readFileSync(file.replace(/^\/sys\/fs\/cgroup/, mockRoot), encoding);
  return { ...real, readFileSync };
});

beforeEach(() => {
  mockRoot = mkdtempSync(join(tmpdir(), "groundwork-cgroup-"));
});
afterEach(() => {
  rmSync(mockRoot, { recursive: true, force: true });
});

function layOut(files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(mockRoot, file)), { recursive: true });
    writeFileSync(join(mockRoot, file), `${content}\n`);
  }
}

describe("version 2", () => {
  test("says the limits in bytes, and in quota and period", () => {
    layOut({ "pod/c/memory.max": "536870912", "pod/c/cpu.max": "150000 100000" });
    expect(readLimits("/pod/c")).toEqual({ memoryMiB: 512, cpus: 1.5 });
  });

  test("says max where there is no limit", () => {
    layOut({ "pod/c/memory.max": "max", "pod/c/cpu.max": "max 100000" });
    expect(readLimits("/pod/c")).toEqual({ memoryMiB: 0, cpus: 0 });
  });

  test("counts the period", () => {
    layOut({ "pod/c/memory.max": "max", "pod/c/cpu.max": "25000 50000" });
    expect(readLimits("/pod/c")).toMatchObject({ cpus: 0.5 });
  });

  test("has no limit of CPUs where that controller is switched off", () => {
    layOut({ "pod/c/memory.max": "max" });
    expect(readLimits("/pod/c")).toMatchObject({ cpus: 0 });
  });
});

describe("version 1", () => {
  const version1 = (memory: string, quota: string, period = "100000") =>
    layOut({
      "memory/pod/c/memory.limit_in_bytes": memory,
      "cpu/pod/c/cpu.cfs_quota_us": quota,
      "cpu/pod/c/cpu.cfs_period_us": period,
    });

  test("says the limits in bytes, and in quota and period", () => {
    version1("671088640", "75000");
    expect(readLimits("/pod/c")).toEqual({ memoryMiB: 640, cpus: 0.75 });
  });

  test("says the largest number of whole pages, and -1, where there is no limit", () => {
    version1("9223372036854771712", "-1");
    expect(readLimits("/pod/c")).toEqual({ memoryMiB: 0, cpus: 0 });
  });
});

test("every number of CPUs that a user may name reads back as it was named", () => {
  const named = Array.from({ length: 400 }, (_, index) => (index + 100) / 100);
  const read = named.map((cpus) => {
    layOut({ "c/memory.max": "max", "c/cpu.max": `${String(Math.floor(cpus * 100000))} 100000` });
    return readLimits("/c")?.cpus;
  });
  expect(read).toEqual(named);
});

test.each(["", "/gone"])("a cgroup at %p tells nothing", (path) => {
  expect(readLimits(path)).toBeUndefined();
});

describe("what is used", () => {
  test("is read from version 2 without the caches that can go", () => {
    layOut({
      "pod/c/memory.current": String(90 * 2 ** 20),
      "pod/c/memory.stat": `anon 1\nfile 2\ninactive_file ${String(30 * 2 ** 20)}`,
      "pod/c/cpu.stat": "usage_usec 2500000\nuser_usec 1",
    });
    expect(readConsumption("/pod/c")).toEqual({ memoryMiB: 60, cpuSeconds: 2.5 });
  });

  test("is read from version 1 without the caches that can go", () => {
    layOut({
      "memory/pod/c/memory.usage_in_bytes": String(90 * 2 ** 20),
      "memory/pod/c/memory.stat": `inactive_file 1\ntotal_inactive_file ${String(30 * 2 ** 20)}`,
      "cpuacct/pod/c/cpuacct.usage": "2500000000",
    });
    expect(readConsumption("/pod/c")).toEqual({ memoryMiB: 60, cpuSeconds: 2.5 });
  });

  test("is not known where there is no such cgroup", () => {
    expect(readConsumption("/pod/c")).toBeUndefined();
  });
});
