import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { runEngine, type EngineRun } from "../../../engine/engine-process";
import { detectDrift, engineError, setSecret, up } from "../../../engine/operations";
import type { Workspace } from "../../../engine/workspace";
import { GroundworkError } from "../../../settings/errors";
import { useTemporaryFolder } from "../../support/temporary-folder";
import { ended, useProgram } from "../cli/bundle";

const folder = useTemporaryFolder();
let workspace: Workspace;
beforeEach(() => {
  const PATH = [folder(), process.env["PATH"]].join(delimiter);
  workspace = { directory: folder(), stack: "dev", variables: { PATH } };
});

/** Puts a shell script named pulumi first on the PATH. */
function pulumi(script: string): void {
  writeFileSync(join(folder(), "pulumi"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder(), "pulumi"), 0o700);
}

const run = (over: Partial<EngineRun> = {}) => runEngine({ workspace, parameters: ["up"], ...over });

const errorEvent = JSON.stringify({
  sequence: 1,
  timestamp: 0,
  diagnosticEvent: { severity: "error", message: "It broke.\n" },
});

describe("a run", () => {
  test("gets its arguments, the stack, and no questions", async () => {
    pulumi(`echo "$@"`);
    expect((await run({ parameters: ["up", "--yes"] })).stdout).toBe("up --yes --stack dev --non-interactive");
  });

  test("stands in the workspace's folder, with its variables", async () => {
    pulumi(`printf '%s %s' "$PWD" "$MARK"`);
    workspace = { ...workspace, variables: { ...workspace.variables, MARK: "here" } };
    expect((await run()).stdout).toBe(`${folder()} here`);
  });

  test("that fails is a result, with what it printed", async () => {
    pulumi("echo out; echo err >&2; exit 3");
    expect(await run()).toEqual({ exitCode: 3, stdout: "out", stderr: "err\n", failures: [], diagnostics: [] });
  });

  test("is given a text on standard input", async () => {
    pulumi("cat");
    expect((await run({ stdin: "s3cret" })).stdout).toBe("s3cret");
  });

  test("without a program to start says that the engine is not available", async () => {
    workspace = { ...workspace, variables: { PATH: folder() } };
    await expect(run()).rejects.toMatchObject({ code: "PROVIDER_NOT_AVAILABLE", exitStatus: 5 });
  });
});

describe("the events of a run", () => {
  async function eventsOf(script: string): Promise<EngineEvent[]> {
    const events: EngineEvent[] = [];
    pulumi(script);
    await run({ onEvent: (event) => events.push(event) });
    return events;
  }

  test("are read one a line, in their order", async () => {
    const events = await eventsOf(`echo '{"sequence":1}'; echo '{"sequence":2}'`);
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2]);
  });

  test("are read though a line comes in pieces", async () => {
    expect(await eventsOf(`printf '{"sequen'; printf 'ce":1}\\n'`)).toEqual([{ sequence: 1 }]);
  });

  test("are read though the last line has no end", async () => {
    expect(await eventsOf(`printf '{"sequence":1}'`)).toEqual([{ sequence: 1 }]);
  });

  test("are told apart from other lines, which are kept as text", async () => {
    pulumi(`echo 'hello'; echo '{"sequence":1}'; echo '{ not JSON'`);
    expect((await run({ onEvent: () => undefined })).stdout).toBe("hello\n{ not JSON");
  });

  test("are text where nobody asked for them", async () => {
    pulumi(`echo '{"sequence":1}'`);
    expect((await run()).stdout).toBe('{"sequence":1}');
  });

  test("that report errors leave their messages", async () => {
    pulumi(`printf '%s\\n' '${errorEvent}'`);
    expect((await run({ onEvent: () => undefined })).diagnostics).toEqual(["It broke."]);
  });
});

describe("what plugin and actuator left", () => {
  const failure = new GroundworkError("PORT_CONFLICT", "Port 80 is taken.", { details: { port: 80 } }).toObject();

  test("is read as the contract's objects", async () => {
    pulumi(`echo '${JSON.stringify(failure)}' >> "$GROUNDWORK_FAILURE_FILE"`);
    expect((await run()).failures).toEqual([failure]);
  });

  test("is read in the order in which it was left", async () => {
    pulumi(`for code in A B; do echo "{\\"error\\":{\\"code\\":\\"$code\\"}}" >> "$GROUNDWORK_FAILURE_FILE"; done`);
    expect((await run()).failures.map(({ error }) => error.code)).toEqual(["A", "B"]);
  });

  test("is nothing where nothing failed", async () => {
    pulumi("true");
    expect((await run()).failures).toEqual([]);
  });

  test("is gone from the disk afterwards", async () => {
    pulumi(`echo '{}' > "$GROUNDWORK_FAILURE_FILE"; printf '%s' "$GROUNDWORK_FAILURE_FILE"`);
    const { stdout } = await run();
    expect([stdout, existsSync(stdout)]).toEqual([expect.stringMatching(/failures-\d+$/), false]);
  });
});

describe("the stages that an actuator tells", () => {
  const stages = [
    { stage: "boot libvirt instance", message: "booting web" },
    { stage: "play", message: "task", current: 1, total: 2 },
  ];

  test("are read while the run goes on", async () => {
    pulumi(
      `echo '${JSON.stringify(stages[0])}' >> "$GROUNDWORK_STAGE_FILE"; until [ -e "$MARK" ]; do sleep 0.05; done`,
    );
    const mark = join(folder(), "mark");
    workspace = { ...workspace, variables: { ...workspace.variables, MARK: mark } };
    const told: unknown[] = [];
    const onStage = (stage: unknown) => {
      told.push(stage);
      writeFileSync(mark, "");
    };
    await run({ onStage });
    expect(told).toEqual([stages[0]]);
  });

  test("are all read, those of the last moment too, and the file is gone", async () => {
    pulumi(`for stage in ${stages.map((one) => `'${JSON.stringify(one)}'`).join(" ")}; do echo "$stage" >> "$GROUNDWORK_STAGE_FILE"; done
      printf '%s' "$GROUNDWORK_STAGE_FILE"`);
    const told: unknown[] = [];
    const { stdout } = await run({ onStage: (stage) => told.push(stage) });
    expect([told, existsSync(stdout)]).toEqual([stages, false]);
  });

  test("are not asked for where nobody listens", async () => {
    pulumi(`printf '%s' "\${GROUNDWORK_STAGE_FILE-none}"`);
    expect((await run()).stdout).toBe("none");
  });
});

describe("a run that the user stops", () => {
  const patient = `trap 'echo cancelled; exit 130' INT; echo '{"sequence":1}'; while :; do sleep 0.05; done`;

  test("is asked once to cancel, and ends by itself", async () => {
    pulumi(patient);
    const stop = new AbortController();
    const result = await run({ signal: stop.signal, onEvent: () => stop.abort() });
    expect(result).toMatchObject({ exitCode: 130, stdout: "cancelled" });
  });

  test("before it began ends too", async () => {
    pulumi(patient);
    expect((await run({ signal: AbortSignal.abort() })).exitCode).not.toBe(0);
  });

  test("has a process group of its own, which the terminal's Ctrl-C does not reach", async () => {
    pulumi(`ps -o pgid= -p $$ | tr -d ' '; echo $$`);
    const [group, pid] = (await run()).stdout.split("\n");
    expect(group).toBe(pid);
  });

  test("that cannot read its store runs again when what a killed engine left there is taken away, and once only", async () => {
    const stacks = join(folder(), "state", ".pulumi", "stacks");
    mkdirSync(stacks, { recursive: true });
    const [torn, whole] = [join(stacks, "dev.json.attrs"), join(stacks, "other.json.attrs")];
    writeFileSync(torn, "");
    writeFileSync(whole, "{}");
    pulumi(`echo run >> runs; [ -e ${torn} ] && { echo 'failed to load checkpoint: EOF' >&2; exit 255; }; exit 3`);
    const variables = { ...workspace.variables, PULUMI_BACKEND_URL: pathToFileURL(join(folder(), "state")).href };
    workspace = { ...workspace, variables };
    expect((await run()).exitCode).toBe(3);
    expect([existsSync(torn), existsSync(whole)]).toEqual([false, true]);
    pulumi(`echo run >> runs; echo 'the connection ended: EOF' >&2; exit 255`);
    expect((await run()).exitCode).toBe(255);
    expect(readFileSync(join(folder(), "runs"), "utf8")).toBe("run\n".repeat(3));
  });

  test("leaves no listener on the signal", async () => {
    pulumi("true");
    const stop = new AbortController();
    const removed = jest.spyOn(stop.signal, "removeEventListener");
    await run({ signal: stop.signal });
    expect(removed).toHaveBeenCalledWith("abort", expect.any(Function));
  });
});

describe("a run in a process of its own", () => {
  const start = useProgram(`
    import { runEngine } from "./engine/engine-process";
    const workspace = { directory: process.cwd(), stack: "dev", variables: { PATH: process.env.FAKE + ":" + process.env.PATH } };
    const big = process.argv[2] === "stdin" ? { stdin: "x".repeat(4_000_000) } : {};
    const broken = process.argv[2] === "event" ? { onEvent: () => { throw new Error("a listener failed"); } } : {};
    runEngine({ workspace, parameters: ["up"], ...big, ...broken }).then(
      ({ exitCode }) => console.log("ended", exitCode),
      (error) => console.log("failed", error.message),
    );
  `);

  // The broken pipe is an error event that nobody listens to: it ends the whole process with a stack trace.
  test("outlives an engine that ends before it has read its standard input", async () => {
    pulumi("exit 1");
    expect((await ended(start(["stdin"], { environment: { FAKE: folder() } }))).stdout).toBe("ended 1\n");
  });

  // Nobody catches what reading the events throws: the process ends with a stack trace.
  test("fails like any other when a listener does", async () => {
    pulumi(`echo '{"sequence":1}'`);
    expect((await ended(start(["event"], { environment: { FAKE: folder() } }))).stdout).toBe(
      "failed a listener failed\n",
    );
  });
});

describe("an operation", () => {
  test("that fails throws what plugin and actuator left, with code, details and suggestion", async () => {
    const { error } = new GroundworkError("PORT_CONFLICT", "Port 80 is taken.", { details: { port: 80 } }).toObject();
    pulumi(`echo '${JSON.stringify({ error })}' >> "$GROUNDWORK_FAILURE_FILE"; exit 1`);
    await expect(up(workspace, {})).rejects.toMatchObject(error);
  });

  test("that fails throws what the engine said where nothing was left", async () => {
    pulumi(`printf '%s\\n' '${errorEvent}'; exit 1`);
    await expect(up(workspace, {})).rejects.toMatchObject({ code: "ENGINE_FAILED", message: "It broke." });
  });

  test("on a stack whose lock was gone by the time that it was told of is run once more", async () => {
    const seen = join(folder(), "seen");
    pulumi(
      `test -e ${seen} && exit 0; : > ${seen}; echo 'error: the stack is currently locked by 1 lock(s).' >&2; exit 1`,
    );
    await expect(up(workspace, {})).resolves.toBeUndefined();
  });

  test("on a stack that another run holds is LOCKED", async () => {
    pulumi("echo 'error: the stack is currently locked by 1 lock(s).' >&2; exit 1");
    await expect(up(workspace, {})).rejects.toMatchObject({ code: "LOCKED" });
  });

  test("without its plugin says how to get it", async () => {
    pulumi("echo 'error: no resource plugin command-v1.2.1 found' >&2; exit 1");
    await expect(up(workspace, {})).rejects.toMatchObject({
      code: "PROVIDER_NOT_AVAILABLE",
      suggestion: expect.stringContaining("make setup") as string,
    });
  });

  test("tells a secret on standard input, never on the command line", async () => {
    pulumi(`echo "$@" > arguments; cat > stdin`);
    await setSecret(workspace, "groundwork:instances.web.environment.TOKEN", "s3cret");
    const [given, stdin] = ["arguments", "stdin"].map((name) => readFileSync(join(folder(), name), "utf8"));
    expect([given?.includes("s3cret"), stdin]).toEqual([false, "s3cret"]);
  });
});

describe("the status of a refresh", () => {
  test.each([
    ["0", false],
    ["7", true],
  ])("%s: drift is %s", async (status, drift) => {
    pulumi(`exit ${status}`);
    expect(await detectDrift(workspace, {})).toBe(drift);
  });

  test("of any other kind is a check that broke", async () => {
    pulumi("echo 'error: broken' >&2; exit 1");
    await expect(detectDrift(workspace, {})).rejects.toMatchObject({ code: "ENGINE_FAILED", message: "broken" });
  });
});

describe("the error of several failures", () => {
  const failed = (...errors: GroundworkError[]) =>
    engineError({
      exitCode: 1,
      stdout: "",
      stderr: "",
      diagnostics: [],
      failures: errors.map((one) => one.toObject()),
    });

  test("is the first one, with its own violations and the messages of the others", () => {
    const first = new GroundworkError("PORT_CONFLICT", "A port is taken.", {
      violations: [{ message: "80 is taken" }],
    });
    const error = failed(first, new GroundworkError("CONFIG_INVALID", "An image is missing."));
    expect([error.code, error.message, error.violations]).toEqual([
      "PORT_CONFLICT",
      "A port is taken.",
      [{ message: "80 is taken" }, { message: "An image is missing." }],
    ]);
  });

  test("says its violations once in details", () => {
    const first = new GroundworkError("PORT_CONFLICT", "A port is taken.", {
      violations: [{ message: "80 is taken" }],
    });
    expect(failed(first).toObject()).toEqual(first.toObject());
  });

  test("that said nothing names the status", () => {
    expect(failed().message).toBe("pulumi ended with status 1 and said nothing");
  });
});
