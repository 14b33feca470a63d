/** The disks that a cloud image starts with, as other programs read them. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedFiles } from "../../drivers/cloud-init/seed-files";
import { boxNameOf, writeImageBox } from "../../drivers/cloud-images/image-box";
import { writeSeedDisk } from "../../drivers/cloud-images/seed-disk";

const hasXorriso = spawnSync("xorrisofs", ["-version"]).status === 0;
if (!hasXorriso) process.stderr.write("skipped: there is no xorrisofs on this host\n");
const testWithXorriso = hasXorriso ? test : test.skip;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-seed-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the disk for cloud-init", () => {
  const files = seedFiles({ hostname: "web", instanceId: "web-1", users: [], packages: [] });
  const path = () => join(folder, "seed.iso");

  /** A program's answer about the disk; xorriso is there where the disk could be written. */
  const ask = (...parameters: string[]) =>
    execFileSync("xorriso", ["-indev", path(), ...parameters], { stdio: "pipe" });

  testWithXorriso("has the label by which cloud-init knows it, as the file system tells it", async () => {
    await writeSeedDisk(files, path());
    const volumeIdAt = 16 * 2048 + 40;
    expect(
      readFileSync(path())
        .toString("latin1", volumeIdAt, volumeIdAt + 32)
        .trim(),
    ).toBe("cidata");
  });

  testWithXorriso("holds both files under their names, unchanged", async () => {
    await writeSeedDisk(files, path());
    ask("-osirrox", "on", "-extract", "/", join(folder, "out"));
    expect(readFileSync(join(folder, "out", "user-data"), "utf8")).toBe(files["user-data"]);
    expect(readFileSync(join(folder, "out", "meta-data"), "utf8")).toBe(files["meta-data"]);
  });

  test("cannot be written without its program, and that is told", async () => {
    const { PATH } = process.env;
    process.env["PATH"] = folder;
    try {
      await expect(writeSeedDisk(files, path())).rejects.toMatchObject({
        code: "PROVIDER_NOT_AVAILABLE",
        message: "The disk for cloud-init could not be written: there is no program xorrisofs.",
      });
    } finally {
      process.env["PATH"] = PATH;
    }
  });
});

describe("the box of a cloud image", () => {
  const checksum = { algorithm: "sha256", hex: "ab".repeat(32) } as const;

  test("is named by the image's content", () => {
    expect(boxNameOf({ checksum })).toBe("groundwork-image-abababababababab");
  });

  test("holds the image itself and the size of its disk in whole GB", async () => {
    const path = join(folder, "debian.qcow2");
    writeFileSync(path, "the image");
    const box = join(folder, "image.box");
    await writeImageBox({ path, checksum, virtualBytes: 2 ** 31 + 1 }, box);
    const content = (name: string) => execFileSync("tar", ["-xOf", box, name]).toString();
    expect(content("box.img")).toBe("the image");
    expect(JSON.parse(content("metadata.json"))).toEqual({ provider: "libvirt", format: "qcow2", virtual_size: 3 });
  });
});
