import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { x } from "tinyexec";
import { groundworkHome, type Home } from "../../host/home";
import { engineVersion, findOnPath, leastEngineVersion, setUpEngine } from "../../tools/setup/engine";

const checkout = join(__dirname, "..", "..");

/** The hash of every file's path and contents in a folder. */
function hashOfFolder(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files.map((entry) => join(entry.parentPath, entry.name)).sort()) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest("hex");
}

describe("set-up of the engine", () => {
  const before = { ...process.env };
  let folder: string;
  let home: Home;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "set-up 'ü-"));
    home = groundworkHome({ GROUNDWORK_HOME: join(folder, "groundwork") });
  });

  afterEach(() => {
    process.env = { ...before };
    rmSync(folder, { recursive: true, force: true });
  });

  /** A folder with a `pulumi` that answers so, and perhaps a language host beside it. */
  function plantPulumi(name: string, answer: string, hasLanguageHost = true): string {
    const bin = join(folder, name);
    mkdirSync(bin);
    const programs = hasLanguageHost ? ["pulumi", "pulumi-language-nodejs"] : ["pulumi"];
    for (const program of programs) {
      writeFileSync(join(bin, program), `#!/bin/sh\n${answer}\n`);
      chmodSync(join(bin, program), 0o755);
    }
    return bin;
  }

  async function find(...searchPath: readonly string[]) {
    const reasons: string[] = [];
    const engine = await findOnPath(
      home,
      (way, reason) => reasons.push(`${way}: ${reason}`),
      searchPath.join(delimiter),
    );
    return { engine, reasons };
  }

  test("passes over an engine on the PATH that is too old, with its version", async () => {
    const old = plantPulumi("old", "echo v3.100.0");
    expect(await find(old)).toEqual({
      engine: undefined,
      reasons: [`${join(old, "pulumi")}: version 3.100.0 is older than ${leastEngineVersion}`],
    });
  });

  test("passes over an engine without a Node language host", async () => {
    const bare = plantPulumi("bare", "echo v3.300.0", false);
    expect((await find(bare)).reasons).toEqual([
      `${join(bare, "pulumi")}: there is no pulumi-language-nodejs beside it`,
    ]);
  });

  test("passes over an engine that cannot say its version, with its last words", async () => {
    const broken = plantPulumi("broken", "echo no engine here >&2; exit 3");
    expect((await find(broken)).reasons).toEqual([expect.stringContaining("ended with status 3: no engine here")]);
  });

  test("takes the first engine on the PATH that is new enough", async () => {
    const old = plantPulumi("old", "echo v3.100.0");
    const recent = plantPulumi("recent", `echo v${leastEngineVersion}`);
    expect((await find(old, recent)).engine).toEqual({
      path: join(recent, "pulumi"),
      version: leastEngineVersion,
      origin: "on the PATH",
    });
  });

  test("never writes the user's own ~/.pulumi", async () => {
    const own = join(folder, "user", ".pulumi");
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, "credentials.json"), `{"current":"https://example.invalid"}`);
    const hashBefore = hashOfFolder(own);
    // The cache is found by HOME unless it is named.
    process.env["GROUNDWORK_CACHE"] ??= join(
      before["XDG_CACHE_HOME"] ?? join(before["HOME"] ?? "", ".cache"),
      "groundwork",
    );
    process.env["HOME"] = join(folder, "user");
    await setUpEngine(home, checkout);
    expect(hashOfFolder(own)).toBe(hashBefore);
  });

  test("leaves out the engine's automatic log, and removes one that is there", async () => {
    const logs = join(home.pulumiHome, "logs");
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, "pulumi-up.log"), "");
    const { path } = await setUpEngine(home, checkout);
    const text = readFileSync(logs, "utf8");
    const env = { ...process.env, PULUMI_HOME: home.pulumiHome };
    expect((await x(path, ["plugin", "ls"], { nodeOptions: { env } })).exitCode).toBe(0);
    expect(readFileSync(logs, "utf8")).toBe(text);
  });

  test("asks for the version that the wrapper module pins", () => {
    const wrapper = readFileSync(join(checkout, "tools", "engine", "pulumi", "go.mod"), "utf8");
    expect(wrapper).toContain(`github.com/pulumi/pulumi/pkg/v3 v${engineVersion}`);
  });
});
