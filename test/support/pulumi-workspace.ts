/** A Pulumi project in a folder of its own, with a private home and a file backend, for tests on a real engine. */

import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import type { Workspace } from "../../engine/workspace";
import { groundworkHome } from "../../host/home";
import { readSetup } from "../../host/setup-record";

/** A resource as the state holds it. A secret is an object that holds `ciphertext`. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** How one run of `pulumi` ended. */
export interface PulumiRun {
  readonly exitCode: number | null;
  /** Both streams of the CLI, in order. */
  readonly output: string;
  readonly events: readonly EngineEvent[];
}

/** A `pulumi` that runs. */
export interface RunningPulumi {
  readonly pid: number;
  readonly ended: Promise<PulumiRun>;
}

/** What a workspace is made of. */
export interface WorkspaceOptions {
  /** The program, a CommonJS file that finds this repository's packages. */
  readonly program: string;
  /** Plugins by name: the folder that holds `pulumi-resource-NAME`. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** The commands that write an event log. */
const withEvents = ["up", "preview", "refresh", "destroy"];

const repository = resolve(__dirname, "..", "..");
const setup = readSetup(groundworkHome());

/** The folder of the engine: GROUNDWORK_ENGINE_BIN, else what `make setup` left, else the first one on the PATH. */
const engineFolder: string | undefined = [
  process.env["GROUNDWORK_ENGINE_BIN"],
  setup === undefined ? undefined : dirname(setup.engine.path),
  ...(process.env["PATH"] ?? "").split(delimiter),
].find((folder) => folder !== undefined && folder !== "" && isExecutable(join(folder, "pulumi")));

/** The command plugin under test: GROUNDWORK_COMMAND_PLUGIN, else the one that `make setup` installed. */
export const commandPlugin: string | undefined = [
  process.env["GROUNDWORK_COMMAND_PLUGIN"],
  join(groundworkHome().pulumiHome, "plugins", "resource-command-v1.2.1", "pulumi-resource-command"),
].find((program) => program !== undefined && isExecutable(program));

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `describe` where there is an engine and a command plugin; elsewhere the group is skipped, and says why. */
export const describeWithCommandPlugin: jest.Describe = missing() === undefined ? describe : skipSaying(missing()!);

function missing(): string | undefined {
  if (engineFolder === undefined) return "there is no Pulumi engine: run `make setup`, or set GROUNDWORK_ENGINE_BIN";
  if (commandPlugin === undefined)
    return "there is no command plugin: run `make setup`, or set GROUNDWORK_COMMAND_PLUGIN";
  return undefined;
}

function skipSaying(reason: string): jest.Describe {
  process.stderr.write(`skipped: ${reason}\n`);
  return describe.skip;
}

/** One project with one stack. */
export class PulumiWorkspace {
  readonly folder: string;
  private runs = 0;

  private constructor(private readonly root: string) {
    this.folder = join(root, "project");
  }

  /** Makes the folders, the project and its stack, `test`. */
  static async make({ program, plugins }: WorkspaceOptions): Promise<PulumiWorkspace> {
    const workspace = new PulumiWorkspace(realpathSync(mkdtempSync(join(tmpdir(), "groundwork-pulumi-"))));
    mkdirSync(workspace.folder);
    mkdirSync(join(workspace.root, "state"));
    symlinkSync(join(repository, "node_modules"), join(workspace.folder, "node_modules"));
    workspace.write("index.js", readFileSync(program, "utf8"));
    workspace.write("package.json", "{}");
    const providers = Object.entries(plugins).map(([name, path]) => ({ name, path, version: "1.2.1" }));
    const runtime = { name: "nodejs", options: { typescript: false } };
    workspace.write(
      "Pulumi.yaml",
      JSON.stringify({ name: "project", main: "index.js", runtime, plugins: { providers } }),
    );
    const { exitCode, output } = await workspace.pulumi("stack", "init", "test");
    if (exitCode === 0) return workspace;
    workspace.remove();
    throw new Error(`The stack could not be made: ${output}`);
  }

  /** The stack as the tool itself works on it. */
  get asWorkspace(): Workspace {
    const variables = Object.entries(this.environment()).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return { directory: this.folder, stack: "test", variables: Object.fromEntries(variables) };
  }

  /** Writes a file of the project. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  /** A file of the project; undefined when it is not there. */
  read(name: string): string | undefined {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** Runs `pulumi` on the stack to its end; a failure is a result. */
  pulumi(...parameters: readonly string[]): Promise<PulumiRun> {
    return this.start(...parameters).ended;
  }

  /** Starts `pulumi` on the stack, in a process group of its own. */
  start(...parameters: readonly string[]): RunningPulumi {
    const log = join(this.root, `events-${++this.runs}`);
    const options = ["--non-interactive", "--color", "never"];
    if (withEvents.includes(parameters[0]!)) options.push("--event-log", log);
    const child = spawn(join(engineFolder!, "pulumi"), [...parameters, ...options], {
      cwd: this.folder,
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const ended = new Promise<PulumiRun>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode) => resolve({ exitCode, output, events: readEvents(log) }));
    });
    return { pid: child.pid!, ended };
  }

  /** The resources in the state, by name; the stack itself and the providers are left out. */
  state(): Readonly<Record<string, StateResource>> {
    const own = this.resources().filter(({ type }) => !type.startsWith("pulumi:"));
    return Object.fromEntries(own.map((resource) => [nameOf(resource.urn), resource]));
  }

  /** The outputs of the program, as the state holds them. */
  outputs(): Readonly<Record<string, unknown>> {
    return this.resources().find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
  }

  private resources(): readonly StateResource[] {
    const text = readFileSync(join(this.root, "state", ".pulumi", "stacks", "project", "test.json"), "utf8");
    const { checkpoint } = JSON.parse(text) as { checkpoint: { latest: { resources?: StateResource[] } | null } };
    return checkpoint.latest?.resources ?? [];
  }

  /** Removes all folders; what `pulumi` made elsewhere is the test's to remove. */
  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PULUMI_"));
    const programs = [join(repository, "node_modules", ".bin"), engineFolder!, process.env["PATH"] ?? ""];
    return {
      ...Object.fromEntries(own),
      PATH: programs.join(delimiter),
      PULUMI_HOME: join(this.root, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.root, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_STACK: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      // Without it the engine writes no --event-log.
      PULUMI_DEBUG_COMMANDS: "true",
    };
  }
}

/** The name of a resource: the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function readEvents(log: string): EngineEvent[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as EngineEvent);
}
