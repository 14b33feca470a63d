/** `vagrantp` at a real terminal, at one that is closed, and before readers that go away. */

import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { progressEvent } from "../../../cli/progress/event";
import { groundworkHome } from "../../../host/home";
import { cursorIsBack, describeAtTerminal, terminalEnvironment } from "../../support/terminal";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { ended, useProgram, type Ended } from "./bundle";

/**
 * `vagrantp` with an `up` of the test's: it tells TEST_MESSAGE, waits for the file `go`, tells "finishing" and succeeds,
 * or fails when TEST_FAILS is set. What became of it stands in the file `outcome`.
 */
const start = useProgram(`
  import { existsSync, writeFileSync } from "node:fs";
  import { up } from "./verbs/up";
  import { GroundworkError } from "./settings/errors";
  const { TEST_MESSAGE, TEST_FAILS } = process.env;
  const goes = (signal) => new Promise((resolve, reject) => {
    const timer = setInterval(() => existsSync("go") && resolve(clearInterval(timer)), 5);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      reject(new GroundworkError("ENGINE_FAILED", "Stopped at your request.", { suggestion: "Run \`vagrantp up\`." }));
    });
  });
  up.run = async (input, { progress, signal }) => {
    try {
      progress({ stage: "create podman instance", message: TEST_MESSAGE });
      await goes(signal);
      progress({ stage: "finish", message: "finishing" });
      if (TEST_FAILS) throw new GroundworkError("PORT_CONFLICT", "port 80 is taken");
      writeFileSync("outcome", "done");
      return {};
    } catch (error) {
      writeFileSync("outcome", error.message);
      throw error;
    }
  };
  up.text = () => "web is up";
  import("./cli/main");
`);

const root = useTemporaryFolder();
beforeEach(() => mkdirSync(join(root(), "home")));

const outcome = () => readFileSync(join(root(), "outcome"), "utf8");
const go = () => writeFileSync(join(root(), "go"), "");

interface Run {
  readonly child: ChildProcess;
  readonly end: Promise<Ended>;
}

function startUp(parameters: string[], columns?: number, environment: NodeJS.ProcessEnv = {}): Run {
  const child = start(["up", ...parameters], {
    directory: root(),
    environment: {
      ...terminalEnvironment,
      TEST_MESSAGE: "creating web",
      GROUNDWORK_HOME: join(root(), "home"),
      ...environment,
    },
    ...(columns === undefined ? {} : { columns }),
  });
  return { child, end: ended(child) };
}

/** Waits until a stream has shown what matches. */
function shows(stream: NodeJS.ReadableStream | null, pattern: RegExp): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    stream?.on("data", (part: Buffer | string) => {
      text += String(part);
      if (pattern.test(text)) resolve();
    });
    stream?.on("end", () => reject(new Error(`ended before it showed ${String(pattern)}: ${JSON.stringify(text)}`)));
  });
}

/** Three pictures of the spinner before the same message, one after the other. */
const moving = /(\S+) \S*\p{L}.*\r.*(?!\1)(\S+) \S*\p{L}.*\r.*(?!\1|\2)(\S+) \S*\p{L}/u;

/** Runs `up` at a terminal until it has moved, lets it end, and returns all that was shown. */
async function upAtTerminal(columns: number, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { child, end } = startUp([], columns, environment);
  await shows(child.stdout, moving);
  go();
  return end;
}

/** The lines that stay: of each line what was written after it was last wiped away. */
function staying(shown: string): string[] {
  const lines = shown.split("\r\n").map((line) => stripVTControlCharacters(line.split("\r\u001B[K").at(-1) ?? ""));
  return lines.filter((line) => line !== "").map((line) => line.replace(/\d+\.\d s$/, "N s"));
}

describeAtTerminal("at a terminal", () => {
  test("stages move while they go on, and leave a line each before the result", async () => {
    const { stdout, stderr } = await upAtTerminal(80);
    expect([stderr, staying(stdout)]).toEqual([
      "0",
      ["✔ reading the project  N s", "✔ creating web  N s", "✔ finishing  N s", "web is up"],
    ]);
  });

  test("a failure is the stage that failed, what happened, and last in bold what mends it", async () => {
    const { stdout, stderr } = await upAtTerminal(80, { TEST_FAILS: "1" });
    expect([stderr, staying(stdout).slice(-3), stdout.trimEnd().split("\r\n").at(-1)]).toEqual([
      "6",
      [
        "✖ finishing  N s",
        "port 80 is taken",
        "Choose another host port in PORTS, or write `auto:` and let Groundwork choose.",
      ],
      "\u001B[1mChoose another host port in PORTS, or write `auto:` and let Groundwork choose.\u001B[22m",
    ]);
  });

  test.each([
    ["success", {}],
    ["failure", { TEST_FAILS: "1" }],
  ])("the cursor is back after a %s", async (_what, environment) => {
    expect(cursorIsBack((await upAtTerminal(80, environment)).stdout)).toBe(true);
  });

  test("Ctrl-C stops the run, says so, and gives the cursor back", async () => {
    const { child, end } = startUp([], 80);
    await shows(child.stdout, moving);
    child.stdin?.write("\u0003");
    const { stdout, stderr } = await end;
    expect([stderr, outcome(), cursorIsBack(stdout)]).toEqual(["1", "Stopped at your request.", true]);
    expect(staying(stdout)).toEqual(
      expect.arrayContaining(["✖ creating web  N s", "Stopped at your request.", "Run `vagrantp up`."]),
    );
  });

  test.each([
    ["of 20 columns", "creating an instance with a long name"],
    ["of 20 columns with letters of two cells", "作業中のインスタンスを作成しています"],
  ])("%s no line is longer than the terminal", async (_what, message) => {
    const { stdout } = await upAtTerminal(20, { TEST_MESSAGE: message });
    const lines = stdout.split(/\r\u001B\[K|\r\n/).map(stripVTControlCharacters);
    const cells = (line: string) => line.length + (line.match(/[\u3040-\u9FFF]/g) ?? []).length;
    expect(lines.filter((line) => cells(line) >= 20)).toEqual([]);
  });

  test("NO_COLOR leaves the line that moves and takes the colours", async () => {
    const { stdout } = await upAtTerminal(80, { NO_COLOR: "1" });

    expect(stdout).not.toMatch(/\u001B\[\d*m/);
  });

  test("a dumb terminal gets a line a stage and no control sequence", async () => {
    go();
    const { stdout } = await startUp([], 80, { TERM: "dumb" }).end;
    expect(stdout.replaceAll("\r\n", "\n")).toMatch(/^\n?reading the project\ncreating web\nfinishing\nweb is up\n$/);
  });

  test("one that is closed stops the run as Ctrl-C does", async () => {
    const { child, end } = startUp([], 80);
    await shows(child.stdout, moving);
    child.stdin?.end();
    const { stderr } = await end;
    expect([stderr, outcome()]).toEqual(["1", "Stopped at your request."]);
  });
});

describe("without a terminal", () => {
  test("each stage is a line on standard error, and nothing is a control sequence", async () => {
    go();
    expect(await startUp([]).end).toMatchObject({
      status: 0,
      stdout: "web is up\n",
      stderr: "reading the project\ncreating web\nfinishing\n",
    });
  });

  test("FORCE_COLOR colours an error", async () => {
    go();
    const { stderr } = await startUp([], undefined, { TEST_FAILS: "1", FORCE_COLOR: "1" }).end;
    expect(stderr).toContain("\u001B[31mport 80 is taken\u001B[39m");
  });

  test("--json tells every event as a line on standard error, and the result alone on standard output", async () => {
    go();
    const { stdout, stderr } = await startUp(["--json"]).end;
    const events = stderr
      .trimEnd()
      .split("\n")
      .map((line) => progressEvent.parse(JSON.parse(line)));
    expect([stdout, events.map(({ type, stage }) => `${type} ${stage}`)]).toEqual([
      "{}\n",
      [
        "started read project",
        "finished read project",
        "started create podman instance",
        "finished create podman instance",
        "started finish",
        "finished finish",
      ],
    ]);
  });

  test("the next run knows how long the stages took", async () => {
    go();
    await startUp(["--json"]).end;
    const { stderr } = await startUp(["--json"]).end;
    const expected = stderr.split("\n").filter((line) => line.includes("expectedSeconds"));
    expect(expected.map((line) => progressEvent.parse(JSON.parse(line)).stage)).toEqual([
      "create podman instance",
      "finish",
    ]);
  });

  test("a run that fails remembers nothing", async () => {
    go();
    await startUp([], undefined, { TEST_FAILS: "1" }).end;
    expect(() => readFileSync(groundworkHome({ GROUNDWORK_HOME: join(root(), "home") }).stageHistoryFile)).toThrow(
      "ENOENT",
    );
  });
});

describe("a reader that goes away", () => {
  test.each([
    ["of the progress", "stderr"],
    ["of the result", "stdout"],
  ] as const)(
    "%s changes nothing: the run is finished, with its own status and without a word",
    async (_what, stream) => {
      const { child, end } = startUp([]);
      await shows(child.stderr, /creating web\n/);
      child[stream]?.destroy();
      go();
      const { status, stderr } = await end;
      expect([status, outcome(), stderr.replace(/^(reading|creating|finishing).*\n/gm, "")]).toEqual([0, "done", ""]);
    },
  );
});
