import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeViolation } from "../../../settings/errors";
import { projectHash } from "../../../settings/identity";
import { readProject, type Project } from "../../../settings/project";
import { refusalOf } from "../../support/refusal";
import { useTemporaryFolder } from "../../support/temporary-folder";

const directory = useTemporaryFolder();

const read = (file?: string, from = directory()): Project => {
  return readProject(from, { file, hostDefaults: { image: "debian", box: "groundwork/debian" }, home: "/home/ada" });
};
const put = (content: string | Buffer, file = ".env"): void => writeFileSync(join(directory(), file), content);

/** The superuser may read everything, so a case about rights is made as user 65534, nobody. */
function asNobody<T>(run: () => T): T {
  if (process.geteuid?.() !== 0) return run();
  process.seteuid?.(65534);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

describe("a file that can be read", () => {
  test("is understood", () => {
    put("MEMORY=1g");
    expect(read().spec.memoryMiB).toBe(1024);
  });

  test("may have another name", () => {
    put("MEMORY=1g", "test.env");
    const project = read("test.env");
    expect([project.file, project.spec.name.endsWith(projectHash(directory(), "test.env"))]).toEqual([
      "test.env",
      true,
    ]);
  });

  test("gives one name to a project that is reached over a symbolic link", () => {
    mkdirSync(join(directory(), "real"));
    writeFileSync(join(directory(), "real", ".env"), "");
    symlinkSync("real", join(directory(), "link"));
    const direct = read(undefined, join(directory(), "real"));
    expect(read(undefined, join(directory(), "link"))).toEqual(direct);
  });

  test("may be a symbolic link itself", () => {
    put("MEMORY=1g", "shared");
    symlinkSync("shared", join(directory(), ".env"));
    expect(read().spec.memoryMiB).toBe(1024);
  });

  test("may begin with a BOM in bytes", () => {
    put(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("MEMORY=1g")]));
    expect(read().spec.memoryMiB).toBe(1024);
  });

  test("may be as large as 256 KiB", () => {
    put(`MEMORY=1g\n${"# note\n".repeat(40_000)}`.slice(0, 256 * 1024));
    expect(read().spec.memoryMiB).toBe(1024);
  });

  test("is refused for a volume whose path of the host does not exist, and not for one that does", () => {
    mkdirSync(join(directory(), "here"));
    put("VOLUMES=./here:/here,./gone:/gone");
    expect(refusalOf(() => read()).violations.map(describeViolation)).toEqual([
      `line 1: VOLUMES: "./gone:/gone" names "${directory()}/gone", which does not exist on this host; allowed: a path that exists, or the name of a volume.`,
    ]);
  });
});

describe("a file that is missing", () => {
  test("is refused with how to make one", () => {
    expect(refusalOf(() => read()).toObject()).toEqual({
      error: {
        code: "CONFIG_MISSING",
        message: `${directory()}/.env does not exist.`,
        details: { path: `${directory()}/.env` },
        suggestion: "Run `vagrantp init` to write a commented .env.",
      },
    });
  });

  test("ends with status 2", () => {
    expect(refusalOf(() => read("other.env")).exitStatus).toBe(2);
  });

  test("is the same as a directory that is missing", () => {
    expect(refusalOf(() => read(undefined, join(directory(), "gone"))).code).toBe("CONFIG_MISSING");
  });

  test("is the same as a symbolic link to nowhere", () => {
    symlinkSync("nowhere", join(directory(), ".env"));
    expect(refusalOf(() => read()).code).toBe("CONFIG_MISSING");
  });
});

describe("a file that cannot be read", () => {
  const cases: [string, () => void, string][] = [
    ["is a directory", () => mkdirSync(join(directory(), ".env")), "it is a directory, not a file"],
    ["is a symlink loop", () => symlinkSync(".env", join(directory(), ".env")), "its symbolic links lead in a circle"],
    [
      "is a pipe that nobody writes to",
      () => void execFileSync("mkfifo", [join(directory(), ".env")]),
      "it is a pipe or a device, not a file",
    ],
    ["is a device", () => symlinkSync("/dev/zero", join(directory(), ".env")), "it is a pipe or a device, not a file"],
    ["has a megabyte", () => put("A=1\n".repeat(262_144)), "it is larger than 256 KiB, so it is not a settings file"],
    [
      "has one byte too many",
      () => put("#".repeat(256 * 1024 + 1)),
      "it is larger than 256 KiB, so it is not a settings file",
    ],
    ["is not UTF-8", () => put(Buffer.from([0x41, 0x3d, 0xff, 0xfe])), "it is not text in UTF-8"],
  ];

  test.each(cases)("because it %s is refused in words", (_, make, reason) => {
    make();
    const error = refusalOf(() => read());
    expect([error.code, error.exitStatus, error.message]).toEqual([
      "CONFIG_INVALID",
      2,
      `${directory()}/.env cannot be read: ${reason}.`,
    ]);
  });

  test("because its name is too long is refused in words", () => {
    expect(refusalOf(() => read("x".repeat(5000))).message).toMatch(/its name is too long for this file system\.$/);
  });

  test("because it is binary is refused with the line of the first NUL", () => {
    put(Buffer.from([0x41, 0x3d, 0x31, 0x0a, 0x00, 0x01]));
    expect(refusalOf(() => read()).violations.map(describeViolation)).toEqual([
      "line 2: holds a NUL character: this is not a text file; allowed: text in UTF-8.",
    ]);
  });

  test("because its rights forbid it is refused with the command that helps", () => {
    put("MEMORY=1g");
    chmodSync(directory(), 0o755);
    chmodSync(join(directory(), ".env"), 0o000);
    expect(refusalOf(() => asNobody(() => read())).message).toMatch(
      /you may not read it; give yourself the right with `chmod u\+r`\.$/,
    );
  });
});
