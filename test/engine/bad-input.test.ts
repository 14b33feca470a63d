/** Input that cannot be used: a clear error with exit status 2, no stack trace, and nothing touched. */

import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describeWithEngine, Sandbox, type Ended } from "../support/sandbox";
import { errorOf, expectExit, saidBy, stackTrace } from "./support-outcome";

jest.setTimeout(60_000);

const vagrantp = resolve(__dirname, "..", "..", "bin", "vagrantp");

/** An ordinary user's ids; no account needs to exist for them. */
const ordinaryUser = 54321;

describeWithEngine("bad input", () => {
  let sandbox: Sandbox;
  beforeEach(() => (sandbox = new Sandbox()));
  afterEach(() => sandbox.dispose());

  /** A directory with this file as `.env`. */
  function withFile(content: string | Buffer): string {
    const directory = join(sandbox.root, "web");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, ".env"), content);
    return directory;
  }

  /** Fails unless the run was refused as the contract says and touched nothing. */
  function expectRefused(ended: Ended): void {
    expectExit(ended, 2);
    expect(saidBy(ended)).not.toMatch(stackTrace);
    expect(existsSync(sandbox.home.projectsDirectory)).toBe(false);
    expect(existsSync(sandbox.home.ledgerFile)).toBe(false);
  }

  /** Runs `vagrantp up` and returns what it said on standard error, after {@link expectRefused}. */
  async function refusedUp(directory: string, ...parameters: string[]): Promise<string> {
    const ended = await sandbox.vagrantp(directory, "up", ...parameters);
    expectRefused(ended);
    expect(ended.stdout).toBe("");
    return ended.stderr;
  }

  test("no `.env`: says how to make one", async () => {
    const said = await refusedUp(sandbox.root);
    expect(said).toContain(`${join(sandbox.root, ".env")} does not exist`);
    expect(said).toContain("vagrantp init");
  });

  test("no `.env`, with --json: one error object", async () => {
    const ended = await sandbox.vagrantp(sandbox.root, "up", "--json");
    expectRefused(ended);
    expect(errorOf(ended)).toMatchObject({ code: "CONFIG_MISSING", details: { path: join(sandbox.root, ".env") } });
  });

  describe("wrong values", () => {
    /** Each line of the file, and whether it is wrong. */
    const lines: readonly (readonly [line: string, wrong: boolean])[] = [
      ["# a comment", false],
      ["INFRA_ID=Not_A_Host", true],
      ["MEMORY=0x200", true],
      ["CPUS=none", true],
      ["", false],
      ["PORTS=0:80", true],
      ["PROVIDER=virtualbox", true],
      ["export NETWORK_MODE=sideways", true],
      ["MEMROY=512", true],
      ["OURS=fine", false],
    ];
    const wrong = lines.flatMap(([line, isWrong], index) => (isWrong ? [{ line, number: index + 1 }] : []));
    const content = lines.map(([line]) => `${line}\r\n`).join("");

    test("are all told at once, each with its line", async () => {
      const said = await refusedUp(withFile(content));
      for (const { line, number } of wrong) {
        const key = line.replace("export ", "").split("=")[0]!;
        expect(said).toMatch(new RegExp(`^ *line ${number}: ${key}: `, "m"));
      }
      expect(said.match(/line \d+:/g)).toHaveLength(wrong.length);
    });

    test("are all in the one error object of --json", async () => {
      const ended = await sandbox.vagrantp(withFile(content), "up", "--json");
      expectRefused(ended);
      const { code, details } = errorOf(ended);
      expect(code).toBe("CONFIG_INVALID");
      const { violations } = details as { violations: { line: number }[] };
      expect(violations.map(({ line }) => line).sort((a, b) => a - b)).toEqual(wrong.map(({ number }) => number));
    });
  });

  test.each([
    ["PORTS=80:80,80:81", /80/],
    ["PORTS=99999:1", /99999/],
    ["PORTS=auto:", /auto:/],
    ["MEMORY=1e3", /1e3/],
    ["MEMORY=2g\nMEMORY=3g", /MEMORY/],
  ])("%j is refused with what was given", async (content, given) => {
    const said = await refusedUp(withFile(`${content}\n`));
    expect(said).toMatch(/^ *line \d+: /m);
    expect(said).toMatch(given);
  });

  test("a file of 1 MB", async () => {
    const said = await refusedUp(withFile("A=1\n".repeat(2 ** 18)));
    expect(said).toMatch(/\.env cannot be read: it is larger than 256 KiB/);
  });

  test("a binary file", async () => {
    const said = await refusedUp(withFile(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x00, 0xff, 0xfe, 0x0a])));
    expect(said).toMatch(/\.env cannot be read: it is not text/);
  });

  test("a file of NUL bytes", async () => {
    const said = await refusedUp(withFile(Buffer.alloc(64)));
    expect(said).toMatch(/\.env/);
  });

  test("symbolic links in a circle", async () => {
    const directory = join(sandbox.root, "web");
    mkdirSync(directory);
    symlinkSync(".env.other", join(directory, ".env"));
    symlinkSync(".env", join(directory, ".env.other"));
    expect(await refusedUp(directory)).toMatch(/symbolic links lead in a circle/);
  });

  test("`--file` that names a directory", async () => {
    const directory = withFile("MEMORY=512\n");
    mkdirSync(join(directory, "folder"));
    expect(await refusedUp(directory, "--file", "folder")).toMatch(/it is a directory, not a file/);
  });

  test.each([["--colour"], ["--file"], ["--full=yes"], ["surplus"]])("`up %s`, which no verb takes", async (option) => {
    const said = await refusedUp(withFile("MEMORY=512\n"), option);
    expect(said).toMatch(/vagrantp up --help/);
  });

  test("a verb that does not exist", async () => {
    const ended = await sandbox.vagrantp(sandbox.root, "upp");
    expectRefused(ended);
    expect(ended.stderr).toMatch(/'upp'/);
    expect(ended.stderr).toMatch(/vagrantp --help/);
  });

  test("an unknown option with --json: one error object", async () => {
    const ended = await sandbox.vagrantp(withFile("MEMORY=512\n"), "up", "--colour", "--json");
    expectRefused(ended);
    expect(errorOf(ended)).toMatchObject({ code: "CONFIG_INVALID" });
  });

  test.each(["up", "status", "rm", "validate", "init"])("`%s` in a directory that was deleted", async (verb) => {
    const directory = withFile("MEMORY=512\n");
    const script = 'cd "$1" && rm -r "$1" && exec "$2" "$3"';
    const ended = await sandbox.run("sh", ["-c", script, "sh", directory, vagrantp, verb], sandbox.root);
    expectRefused(ended);
    expect(ended.stderr).toMatch(/directory/);
    expect(ended.stderr).not.toMatch(/Groundwork itself failed|uv_cwd/);
  });

  test("a relative GROUNDWORK_HOME", async () => {
    const directory = withFile("MEMORY=512\n");
    const ended = await sandbox.run(vagrantp, ["up"], directory, { GROUNDWORK_HOME: "state" });
    expectRefused(ended);
    expect(ended.stderr).toContain('GROUNDWORK_HOME must be an absolute path; it is "state"');
    expect(readdirSync(directory)).toEqual([".env"]);
  });

  test("a GROUNDWORK_HOME that is a file", async () => {
    const directory = withFile("MEMORY=512\n");
    const home = join(directory, ".env");
    const ended = await sandbox.run(vagrantp, ["up"], directory, { GROUNDWORK_HOME: home });
    expectRefused(ended);
    expect(ended.stderr).toContain(home);
    expect(ended.stderr).toContain("GROUNDWORK_HOME");
  });

  describe("as a user without rights", () => {
    let directory: string;

    beforeEach(() => {
      // The sandbox's own folder is its owner's alone.
      chmodSync(sandbox.root, 0o755);
      directory = withFile("MEMORY=512\n");
      giveToOrdinaryUser(directory);
    });

    /** The root user may read and write everything, so under root the program runs as an ordinary user. */
    async function asOrdinaryUser(parameters: string[], variables: NodeJS.ProcessEnv): Promise<Ended> {
      const ids = isRoot() ? { uid: ordinaryUser, gid: ordinaryUser } : {};
      const env = { ...sandbox.environment, ...variables };
      const child = spawn(vagrantp, parameters, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"], ...ids });
      const exited = new Promise<number>((done, fail) => {
        child.on("error", fail).on("exit", (code) => done(code ?? -1));
      });
      const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
      return { exitCode, stdout, stderr };
    }

    /** A home that the ordinary user can write. */
    function ownHome(): NodeJS.ProcessEnv {
      const home = join(sandbox.root, "own-home");
      mkdirSync(home);
      giveToOrdinaryUser(home);
      return { GROUNDWORK_HOME: home };
    }

    test("a file that may not be read", async () => {
      chmodSync(join(directory, ".env"), 0o000);
      const ended = await asOrdinaryUser(["up"], ownHome());
      expectRefused(ended);
      expect(ended.stderr).toMatch(/\.env cannot be read: you may not read it; .*`chmod u\+r`/);
    });

    test("a GROUNDWORK_HOME that may not be written", async () => {
      const home = join(sandbox.root, "locked");
      mkdirSync(home, { mode: 0o555 });
      const ended = await asOrdinaryUser(["up"], { GROUNDWORK_HOME: home });
      expectRefused(ended);
      expect(ended.stderr).toContain(`cannot write ${home}`);
      expect(ended.stderr).toContain("GROUNDWORK_HOME");
      expect(readdirSync(home)).toEqual([]);
    });

    test("no HOME, where no account says where it is", async () => {
      if (!isRoot()) return;
      const ended = await asOrdinaryUser(["up"], { GROUNDWORK_HOME: "", XDG_STATE_HOME: "", HOME: "" });
      expectRefused(ended);
      expect(ended.stderr).toMatch(/no home directory/);
      expect(ended.stderr).toMatch(/Set GROUNDWORK_HOME/);
    });
  });

  test("no HOME is fine where GROUNDWORK_HOME is set: `validate` needs neither", async () => {
    const directory = withFile("MEMORY=512\n");
    const ended = await sandbox.run("env", ["-u", "HOME", vagrantp, "validate"], directory);
    expectExit(ended, 0);
    expect(saidBy(ended)).not.toMatch(stackTrace);
  });
});

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function giveToOrdinaryUser(path: string): void {
  if (!isRoot()) return;
  for (const each of [path, ...readdirSync(path).map((name) => join(path, name))]) {
    chownSync(each, ordinaryUser, ordinaryUser);
  }
}
