import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(__dirname, "..", "..", "tools", "rootfs", "base.sh");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "groundwork-rootfs-"));
  mkdirSync(join(folder, "bin"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the script with a debootstrap of ours, which finds the folder to fill in `$root`. */
function run(debootstrap: string): { status: number | null; stderr: string; archive: string } {
  const program = `#!/bin/sh\nset -e\nroot=$4\n${debootstrap}\n`;
  writeFileSync(join(folder, "bin", "debootstrap"), program, { mode: 0o755 });
  const archive = join(folder, "base.tar");
  const { status, stderr } = spawnSync("bash", [script, "bookworm", "http://mirror.invalid", archive], {
    encoding: "utf8",
    env: { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
  });
  return { status, stderr, archive };
}

/** What debootstrap leaves, in small. */
const small = `cd "$(mkdir -p "$root" && cd "$root" && pwd)"
mkdir -p dev proc sys etc var/cache/apt/archives var/lib/apt/lists var/log
touch dev/null proc/1 sys/kernel etc/hostname etc/passwd var/cache/apt/archives/a.deb var/lib/apt/lists/b var/log/c`;

describe("the shared root file system", () => {
  test("leaves out devices, what can be fetched again and the name of the machine that made it", () => {
    const { status, archive } = run(small);
    const files = spawnSync("tar", ["-tf", archive], { encoding: "utf8" }).stdout.split("\n");
    expect(status).toBe(0);
    expect(files.filter((file) => file !== "" && !file.endsWith("/"))).toEqual(["./etc/passwd"]);
    expect(files).toEqual(expect.arrayContaining(["./dev/", "./proc/", "./sys/", "./var/log/"]));
  });

  test("leaves nothing beside the archive", () => {
    run(small);
    expect(existsSync(join(folder, "base"))).toBe(false);
  });

  test("gives no archive where debootstrap fails, and says what that said", () => {
    const { status, stderr, archive } = run("echo 'E: No space left on device' >&2; exit 1");
    expect(status).toBe(1);
    expect(stderr).toContain("No space left on device");
    expect(existsSync(archive)).toBe(false);
  });
});
