import { parseCpus, parseDiskSize, parseMemory } from "../../../settings/amounts";

const memory = parseMemory;

describe("MEMORY", () => {
  test.each([
    ["512", 512],
    ["2048", 2048],
    ["2048M", 2048],
    ["2048mb", 2048],
    ["2048MiB", 2048],
    ["2g", 2048],
    ["2G", 2048],
    ["2GB", 2048],
    ["2gib", 2048],
    ["0.5G", 512],
    ["1.5G", 1536],
    ["1.25GiB", 1280],
    ["16777216", 16777216],
    ["16384G", 16777216],
  ])("%s means %d MiB", (text, memoryMiB) => {
    expect(memory(text)).toEqual({ ok: true, value: memoryMiB });
  });

  test.each([
    ["", "is not an amount of memory"],
    ["0x200", "is not an amount of memory"],
    ["1e3", "is not an amount of memory"],
    ["-1", "is not an amount of memory"],
    ["+2048", "is not an amount of memory"],
    ["02048", "is not an amount of memory"],
    ["2 g", "is not an amount of memory"],
    [" 2g", "is not an amount of memory"],
    ["2k", "is not an amount of memory"],
    ["2T", "is not an amount of memory"],
    ["1,5G", "is not an amount of memory"],
    ["2_048", "is not an amount of memory"],
    [".5G", "is not an amount of memory"],
    ["２０４８", "is not an amount of memory"],
    ["NaN", "is not an amount of memory"],
    ["Infinity", "is not an amount of memory"],
    ["2048.5", "is not a whole number of MiB"],
    ["2048.0", "is not a whole number of MiB"],
    ["1024.5M", "is not a whole number of MiB"],
    ["1.3G", "is not a whole number of MiB"],
    ["0", "is less than 512 MiB"],
    ["511", "is less than 512 MiB"],
    ["0.25G", "is less than 512 MiB"],
    ["16777217", "is more than 16 TiB (a plain number means MiB)"],
    ["2147483648", "is more than 16 TiB (a plain number means MiB)"],
    ["16385G", "is more than 16 TiB"],
    ["9".repeat(400), "is more than 16 TiB (a plain number means MiB)"],
  ])("%j is refused", (text, what) => {
    expect(memory(text)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining(`" ${what};`) as string }],
    });
  });

  test("a refusal says what was given and what is allowed", () => {
    const allowed =
      "a whole number of MiB (2048), or a number with M, MB, MiB, G, GB or GiB (2g, 1.5G), from 512 MiB to 16 TiB";
    expect(memory("0x200")).toEqual({
      ok: false,
      problems: [{ message: `"0x200" is not an amount of memory; allowed: ${allowed}.`, got: "0x200", allowed }],
    });
  });
});

describe("CPUS", () => {
  test.each([
    ["1", 1],
    ["1.5", 1.5],
    ["2.25", 2.25],
    ["1024", 1024],
  ])("%s means %d", (text, cpus) => {
    expect(parseCpus(text)).toEqual({ ok: true, value: cpus });
  });

  test.each([
    ["", "is not a number of CPUs"],
    ["two", "is not a number of CPUs"],
    ["1.125", "is not a number of CPUs"],
    ["-1", "is not a number of CPUs"],
    ["1e1", "is not a number of CPUs"],
    ["0x2", "is not a number of CPUs"],
    ["01", "is not a number of CPUs"],
    ["1.", "is not a number of CPUs"],
    ["NaN", "is not a number of CPUs"],
    ["0", "is less than 1"],
    ["0.5", "is less than 1"],
    ["1024.01", "is more than 1024"],
    ["2048", "is more than 1024"],
  ])("%j is refused", (text, what) => {
    expect(parseCpus(text)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining(`" ${what};`) as string }],
    });
  });
});

describe("DISK_SIZE", () => {
  test.each([
    ["5", 5],
    ["20", 20],
    ["20g", 20],
    ["20GiB", 20],
  ])("%s means %d GiB", (text, diskGiB) => {
    expect(parseDiskSize(text)).toEqual({ ok: true, value: diskGiB });
  });

  test.each([
    ["", "is not the size of a disk"],
    ["20.5", "is not the size of a disk"],
    ["20480M", "is not the size of a disk"],
    ["4", "is less than 5 GiB"],
    ["65537", "is more than 64 TiB"],
  ])("%j is refused", (text, what) => {
    expect(parseDiskSize(text)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining(`" ${what};`) as string }],
    });
  });
});
