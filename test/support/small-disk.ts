/** A file system of a few megabytes, for tests of full and read-only disks. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, statfsSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this process may mount file systems. */
const canMount: boolean = tryMount();

/** `describe` where file systems can be mounted; elsewhere the group is skipped, and says why. */
export const describeWithMounts: jest.Describe = canMount ? describe : skipSaying();

function skipSaying(): jest.Describe {
  process.stderr.write("skipped: this user may not mount file systems\n");
  return describe.skip;
}

function tryMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), "groundwork-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "groundwork-test", directory], { stdio: "ignore" });
    execFileSync("umount", [directory], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One small file system. */
export class SmallDisk {
  readonly directory = mkdtempSync(join(tmpdir(), "groundwork-disk-"));

  constructor(size = "16m") {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0755`, "groundwork-test", this.directory]);
  }

  /** Moves a directory onto the disk; its old path leads there. */
  take(directory: string): void {
    cpSync(directory, this.directory, { recursive: true, verbatimSymlinks: true });
    rmSync(directory, { recursive: true });
    symlinkSync(this.directory, directory);
  }

  /** Leaves no byte free. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.directory);
    try {
      writeFileSync(this.ballast, Buffer.alloc(bavail * bsize + 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }

  /** Gives the space back that {@link fill} took. */
  free(): void {
    rmSync(this.ballast, { force: true });
  }

  /** Lets nothing be written any more. */
  makeReadOnly(): void {
    execFileSync("mount", ["-o", "remount,ro", this.directory]);
  }

  /** Lets everything be written again. */
  makeWritable(): void {
    execFileSync("mount", ["-o", "remount,rw", this.directory]);
  }

  /** Takes the file system away. */
  remove(): void {
    execFileSync("umount", ["--lazy", this.directory]);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get ballast(): string {
    return join(this.directory, "ballast");
  }
}
