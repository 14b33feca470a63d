import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStamp } from "../../tools/build-stamp";

const checkout = join(__dirname, "..", "..");

describe("the launchers", () => {
  let folder: string;
  let installation: string;

  /** An installation with the real launchers and loader, whose programs print their arguments. */
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "launchers-"));
    installation = join(folder, `a b'ü "q" $x`);
    mkdirSync(join(installation, "plugin"), { recursive: true });
    cpSync(join(checkout, "bin"), join(installation, "bin"), { recursive: true });
    cpSync(
      join(checkout, "plugin", "pulumi-resource-groundwork"),
      join(installation, "plugin", "pulumi-resource-groundwork"),
    );
    mkdirSync(join(installation, "dist"));
    cpSync(join(checkout, "dist", "launch.js"), join(installation, "dist", "launch.js"));
    for (const program of ["vagrantp", "actuator", "plugin"]) {
      const text = `console.log(JSON.stringify(["${program}", ...process.argv.slice(2)]));`;
      writeFileSync(join(installation, "dist", `${program}.js`), text);
    }
    mkdirSync(join(installation, "node_modules", ".bin"), { recursive: true });
    symlinkSync(process.execPath, join(installation, "node_modules", ".bin", "node"));
    writeFileSync(join(installation, "source.ts"), "as built");
    writeFileSync(join(installation, "dist", "stamp.json"), JSON.stringify(createStamp(installation, ["source.ts"])));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a program and gives its exit status, output and error lines. */
  function launch(program: string, parameters: readonly string[] = [], options: { cwd?: string; path?: string } = {}) {
    const env = { ...process.env, ...(options.path === undefined ? {} : { PATH: options.path }) };
    const { status, stdout, stderr } = spawnSync(program, parameters, { cwd: options.cwd, env, encoding: "utf8" });
    return { status, stdout: stdout.trim(), stderr: stderr.trim() };
  }

  test.each([
    ["bin/vagrantp", "vagrantp"],
    ["bin/groundwork-actuator", "actuator"],
    ["plugin/pulumi-resource-groundwork", "plugin"],
  ])("%s starts its program with its arguments as they are", (launcher, program) => {
    expect(launch(join(installation, launcher), ["a  b", `'"`, "$HOME", ""])).toEqual({
      status: 0,
      stdout: JSON.stringify([program, "a  b", `'"`, "$HOME", ""]),
      stderr: "",
    });
  });

  test("work through a link to the launcher from anywhere", () => {
    symlinkSync(join(installation, "bin", "vagrantp"), join(folder, "first"));
    symlinkSync("first", join(folder, "second"));
    expect(launch("./second", ["x"], { cwd: folder }).stdout).toBe(`["vagrantp","x"]`);
  });

  test("work in a workspace whose folders are links to the installation's", () => {
    const workspace = join(folder, "workspace");
    mkdirSync(workspace);
    for (const name of ["bin", "dist", "node_modules", "plugin"]) {
      symlinkSync(join(installation, name), join(workspace, name));
    }
    expect(launch("bin/groundwork-actuator", ["ensure"], { cwd: workspace }).stdout).toBe(`["actuator","ensure"]`);
  });

  test("use a Node on the PATH that is new enough where the checkout has none", () => {
    rmSync(join(installation, "node_modules"), { recursive: true });
    expect(launch(join(installation, "bin", "vagrantp"), ["x"]).stdout).toBe(`["vagrantp","x"]`);
  });

  test("refuse an old Node on the PATH with exit status 5 and the command that mends it", () => {
    rmSync(join(installation, "node_modules"), { recursive: true });
    const old = join(folder, "old");
    mkdirSync(old);
    writeFileSync(join(old, "node"), "#!/bin/sh\nexit 1\n");
    chmodSync(join(old, "node"), 0o755);
    expect(launch(join(installation, "bin", "vagrantp"), [], { path: `${old}:/usr/bin:/bin` })).toEqual({
      status: 5,
      stdout: "",
      stderr: expect.stringContaining(`Run \`make setup\` in ${installation}.`) as string,
    });
  });

  test("refuse a plugin that is older than its sources, with the command that rebuilds", () => {
    writeFileSync(join(installation, "source.ts"), "changed since");
    expect(launch(join(installation, "plugin", "pulumi-resource-groundwork"))).toEqual({
      status: 1,
      stdout: "",
      stderr: `The built program is older than its sources: source.ts changed.\nRun \`make build\` in ${installation}.`,
    });
  });
});
