/** What the stand-in promises beside the official plugin's rules: it says what it is, and leaves no process behind. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import {
  commandPlugin,
  describeWithCommandPlugin,
  type PulumiRun,
  type PulumiWorkspace,
  type RunningPulumi,
} from "../support/pulumi-workspace";
import { attempt, makeCommandWorkspace, secret, succeed, type Program } from "./command-plugin/scenario";
import { until } from "./support-outcome";

jest.setTimeout(120_000);

const isStandIn = commandPlugin !== undefined && readFileSync(commandPlugin).includes("Groundwork's stand-in");
const describeStandIn = isStandIn ? describeWithCommandPlugin : skip();

function skip(): jest.Describe {
  if (commandPlugin !== undefined) process.stderr.write("skipped: the command plugin under test is the official one\n");
  return describe.skip;
}

/** Only there can the killed engine's other children be found and ended, and does the kernel tell of a parent's death. */
const testOnLinux = platform() === "linux" ? test : test.skip;

const notice = /command: running Groundwork's stand-in for the official command plugin/;

/** How often a run said that the plugin is the stand-in. */
const notices = ({ events }: PulumiRun) =>
  events.filter(({ diagnosticEvent }) => notice.test(diagnosticEvent?.message ?? "")).length;

describeStandIn("the stand-in's words", () => {
  const two: Program = { commands: { one: { args: { create: "true" } }, two: { args: { create: "true" } } } };
  let workspace: PulumiWorkspace;
  let preview: PulumiRun;
  let first: PulumiRun;
  let unchanged: PulumiRun;

  beforeAll(async () => {
    workspace = await makeCommandWorkspace();
    preview = await succeed(workspace, two, "preview");
    first = await succeed(workspace, two, "up", "--yes", "--skip-preview");
    unchanged = await succeed(workspace, two, "up", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.remove());

  test("it says once what it is when commands run", () => expect(notices(first)).toBe(1));
  test("it says nothing in a preview", () => expect(notices(preview)).toBe(0));
  test("it says nothing when nothing runs", () => expect(notices(unchanged)).toBe(0));

  test("it refuses what only the official plugin has, and says how to get that", async () => {
    const remote = { type: "command:remote:Command", args: { connection: { host: "localhost" } } };
    const { output } = await attempt(workspace, { ...two, others: { remote } }, "preview");
    expect(output).toMatch(/command:remote:Command is not served.*pulumi plugin install resource command 1\.2\.1/);
  });

  test("it cannot import a command, and says why", async () => {
    const { output } = await workspace.pulumi("import", "command:local:Command", "three", "id", "--yes");
    expect(output).toContain("a command cannot be imported or looked up");
  });

  test("it does not print a secret command that fails", async () => {
    const failing = { args: { create: secret("false hidden-word") } };
    const { output } = await attempt(workspace, { commands: { failing } }, "up", "--yes", "--skip-preview");
    expect(output).toMatch(/exit status 1: running \[secret\]/);
    expect(output).not.toContain("hidden-word");
  });

  test("it has a schema", async () => {
    const { output } = await workspace.pulumi("package", "get-schema", commandPlugin!);
    expect(output).toContain("command:local:Command");
  });
});

describeStandIn("a command that runs when", () => {
  let workspace: PulumiWorkspace;
  let up: RunningPulumi;
  let processes: readonly number[];
  let children: readonly number[];

  beforeEach(async () => {
    workspace = await makeCommandWorkspace();
    // A child in the background, and a shell that notes in a file that it was asked to end.
    const create = "trap 'touch asked; exit 1' TERM; sleep 300 & echo $$ $! $PPID > pids.part; mv pids.part pids; wait";
    workspace.write("program.json", JSON.stringify({ commands: { endless: { args: { create } } } }));
    up = workspace.start("up", "--yes", "--skip-preview");
    await until("the command runs", () => workspace.read("pids") !== undefined);
    processes = workspace.read("pids")!.trim().split(" ").map(Number);
    children = childrenOf(up.pid);
  });

  afterEach(async () => {
    // A killed engine leaves its language host behind.
    for (const leader of [processes[0]!, up.pid, ...children]) kill(-leader, "SIGKILL");
    await up.ended;
    workspace.remove();
  });

  test("the engine is interrupted is asked to end, with all its children", async () => {
    kill(up.pid, "SIGINT");
    const { exitCode } = await up.ended;
    await until("the processes have ended", () => !processes.some(isAlive));
    expect({ status: exitCode, asked: isAsked(), state: workspace.state() }).toEqual({
      status: 1,
      asked: true,
      state: {},
    });
  });

  testOnLinux("the engine is killed is asked to end, with all its children", async () => {
    kill(up.pid, "SIGKILL");
    await until("the processes have ended", () => !processes.some(isAlive));
    expect(isAsked()).toBe(true);
  });

  testOnLinux("the plugin is killed is killed with it", async () => {
    kill(processes[2]!, "SIGKILL");
    await until("the command has ended", () => !isAlive(processes[0]!));
  });

  const isAsked = () => existsSync(join(workspace.folder, "asked"));
});

/** The processes that a process started; each engine's child leads a group of its own. */
function childrenOf(pid: number): readonly number[] {
  if (platform() !== "linux") return [];
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
  return lists.flatMap((list) => list.split(" ").filter((word) => word !== "")).map(Number);
}

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Whether a process still runs; one that is dead and that nobody has waited for does not. */
function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (platform() !== "linux") return kill(pid, 0);
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, "utf8"));
}
