import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { verbs } from "../verbs/context";
import { ended, useProgram, type Ended } from "./bundle";

/** `vagrantp`, with one more verb's worth of misbehaviour: TEST_VALIDATE says how `validate` ends. */
const start = useProgram(`
  import { validate } from "./verbs/validate";
  const behaviours = {
    throws: () => Promise.reject(new TypeError("x is not a function")),
    waits: (input, { signal, progress }) => new Promise((resolve, reject) => {
      const alive = setInterval(() => undefined, 1000);
      signal.addEventListener("abort", () => { clearInterval(alive); reject(new Error("stopped")); });
      progress({ message: "waiting" });
    }),
  };
  const behaviour = behaviours[process.env.TEST_VALIDATE];
  if (behaviour !== undefined) validate.run = behaviour;
  import("./cli/main");
`);

const root = useTemporaryFolder();
beforeEach(() => mkdirSync(join(root(), "web")));

const surroundings = (environment: NodeJS.ProcessEnv = {}) => ({
  directory: join(root(), "web"),
  environment: { GROUNDWORK_HOME: join(root(), "home"), ...environment },
});

function vagrantp(parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return ended(start([...parameters], surroundings(environment)));
}

function settings(...lines: string[]): void {
  writeFileSync(join(root(), "web", ".env"), lines.join("\n"));
}

const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

describe("help", () => {
  test("names every verb on standard output, and is a success", async () => {
    const { status, stdout, stderr } = await vagrantp(["--help"]);
    const named = verbs.filter(
      ({ name, summary }) => stdout.includes(`  ${name} `) && stdout.includes(summary.slice(0, 30)),
    );
    expect([status, named, stderr]).toEqual([0, verbs, ""]);
  });

  test("of a verb names its options", async () => {
    const { status, stdout } = await vagrantp(["env", "--help"]);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/-s, --stack <stack>[\s\S]*--json/)]);
  });

  // commander's placeholder is printed: "(outputHelp)".
  test("is what a command line without a verb gets", async () => {
    const { stdout, stderr } = await vagrantp([]);
    expect(`${stdout}${stderr}`).toContain("Usage: vagrantp");
  });
});

test.each(["--version", "-V"])("%s prints the version", async (option) => {
  expect(await vagrantp([option])).toMatchObject({ status: 0, stdout: "1.2.3\n", stderr: "" });
});

test("a reader that goes away ends it without a word", async () => {
  settings("MEMORY=512");
  const child = start(["validate"], surroundings());
  child.stdout!.destroy();
  expect((await ended(child)).stderr).toBe("");
});

describe("a wrong command line", () => {
  test.each([
    ["an unknown verb", ["frobnicate"], "frobnicate"],
    ["an unknown option", ["up", "--frobnicate"], "--frobnicate"],
    ["an option of the whole after the verb", ["up", "--version"], "--version"],
    ["an option before the verb", ["--frobnicate", "up"], "--frobnicate"],
    ["an option without its value", ["up", "--file"], "--file"],
    ["an argument that the verb does not take", ["up", "web"], "argument"],
    ["an option of the command inside, without --", ["ssh", "ls", "-la"], "-l"],
  ])("with %s is exit 2, and says what is wrong", async (_what, parameters, named) => {
    const { status, stderr } = await vagrantp(parameters);
    expect([status, stderr]).toEqual([2, expect.stringContaining(named)]);
  });

  test("prints nothing on standard output", async () => {
    expect((await vagrantp(["frobnicate"])).stdout).toBe("");
  });

  test("ends with the help to read", async () => {
    const [verb, option] = await Promise.all([vagrantp(["frobnicate"]), vagrantp(["up", "--frobnicate"])]);
    expect([lastLine(verb.stderr), lastLine(option.stderr)]).toEqual([
      "Run `vagrantp --help`.",
      "Run `vagrantp up --help`.",
    ]);
  });

  test("that nearly names a verb is told the verb", async () => {
    expect((await vagrantp(["statsu"])).stderr).toContain("Did you mean status?");
  });

  test("with --json is one object on standard output, and nothing on standard error", async () => {
    const { status, stdout, stderr } = await vagrantp(["status", "--frobnicate", "--json"]);
    expect([status, JSON.parse(stdout), stderr]).toEqual([
      2,
      {
        error: {
          code: "CONFIG_INVALID",
          message: "unknown option '--frobnicate'",
          details: {},
          suggestion: "Run `vagrantp status --help`.",
        },
      },
      "",
    ]);
  });
});

describe("an error", () => {
  test("is told on standard error, and ends with what mends it", async () => {
    const { status, stdout, stderr } = await vagrantp(["validate"]);
    expect([status, stdout, lastLine(stderr)]).toEqual([2, "", "Run `vagrantp init` to write a commented .env."]);
  });

  test("of several mistakes has a line for each, with its number", async () => {
    settings("MEMORY=12", "CPUS=many");
    const { stderr } = await vagrantp(["validate"]);
    expect(stderr.split("\n").filter((line) => line.startsWith("  "))).toEqual([
      expect.stringMatching(/^ {2}line 1: MEMORY: /),
      expect.stringMatching(/^ {2}line 2: CPUS: /),
    ]);
  });

  test("with --json is one line on standard output, and nothing on standard error", async () => {
    const { status, stdout, stderr } = await vagrantp(["validate", "--json"]);
    expect([status, stdout.match(/\n/g), stderr]).toEqual([2, ["\n"], ""]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "CONFIG_MISSING" } });
  });

  test("that nobody expected has no stack trace", async () => {
    const { status, stderr } = await vagrantp(["validate"], { TEST_VALIDATE: "throws" });
    expect([status, stderr]).toEqual([
      1,
      "Groundwork itself failed: x is not a function\nRun it again with GROUNDWORK_DEBUG=1 and report what it prints.\n",
    ]);
  });

  test("that nobody expected has no stack trace in JSON", async () => {
    const { stdout, stderr } = await vagrantp(["validate", "--json"], { TEST_VALIDATE: "throws" });
    expect([`${stdout}${stderr}`.includes("    at "), JSON.parse(stdout)]).toMatchObject([
      false,
      { error: { code: "ENGINE_FAILED", message: "Groundwork itself failed: x is not a function" } },
    ]);
  });

  test("that nobody expected has its stack trace where that is asked for", async () => {
    const { stderr } = await vagrantp(["validate"], { TEST_VALIDATE: "throws", GROUNDWORK_DEBUG: "1" });
    expect(stderr).toMatch(/^TypeError: x is not a function\n {4}at /);
  });
});

describe("a result", () => {
  test("is text on standard output", async () => {
    settings("MEMORY=512");
    const { status, stdout, stderr } = await vagrantp(["validate"]);
    expect([status, stdout, stderr]).toEqual([0, expect.stringMatching(/^The settings are valid\.\n.*id: web/), ""]);
  });

  test("with --json is one object on one line", async () => {
    settings("MEMORY=512");
    const { stdout } = await vagrantp(["validate", "--json"]);
    expect([stdout.match(/\n/g), JSON.parse(stdout)]).toMatchObject([["\n"], { id: "web", memoryMiB: 512 }]);
  });

  test("that is no plain success has the verb's own exit status", async () => {
    const { status, stdout } = await vagrantp(["doctor", "--json"]);
    expect([status, JSON.parse(stdout)]).toMatchObject([5, { ok: false }]);
  });

  test("of a setting in another file is read from there", async () => {
    writeFileSync(join(root(), "web", "other.env"), "MEMORY=640");
    const { stdout } = await vagrantp(["validate", "--file", "other.env", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ memoryMiB: 640 });
  });
});

test("--json behind -- belongs to the command inside", async () => {
  const { stdout, stderr } = await vagrantp(["ssh", "--", "ls", "--json"]);
  expect([stdout, stderr]).toEqual(["", expect.stringContaining("has no instance")]);
});

describe("Ctrl-C", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("by %s asks the verb to stop, and waits until it has", async (signal) => {
    const child = start(["validate"], surroundings({ TEST_VALIDATE: "waits" }));
    const end = ended(child);
    await once(child.stderr!, "data");
    child.kill(signal);
    expect(await end).toMatchObject({ status: 1, signal: null, stderr: expect.stringContaining("stopped") as string });
  });
});
