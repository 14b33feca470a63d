/** A home, projects and containers of a tool's own; all of them are gone after `dispose`, also when it was stopped. */

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findInstallation, type Installation } from "../engine/installation";
import { requireSetup } from "../engine/workspace";
import { groundworkHome, type Home } from "../host/home";
import { readSetup, type SetupRecord } from "../host/setup-record";
import { makeOwnHome } from "./own-home";

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  /** Variables on top of the world's own. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** What it reads. @default nothing */
  readonly stdin?: string;
}

/** How a program ran: all of it, and until the first byte that it printed. */
export interface Ran {
  readonly stdout: string;
  readonly milliseconds: number;
  readonly firstByteMilliseconds: number;
}

/** Where everything of one run of a tool happens. */
export class World {
  readonly installation: Installation = findInstallation();
  readonly setup: SetupRecord;
  readonly home: Home;
  /** Begins the name of every container and stack of this run that the tool chose. */
  private readonly label = `bench-${String(process.pid)}`;
  private readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  private readonly running = new Map<ChildProcess, Promise<unknown>>();
  private stopped = false;
  private readonly removals: (() => Promise<unknown>)[] = [];
  private names = 0;

  /** @throws PROVIDER_NOT_AVAILABLE when `make setup` has not run on this host */
  constructor() {
    this.setup = requireSetup(readSetup(groundworkHome()), this.installation);
    const { root, home, environment } = makeOwnHome(this.setup, "groundwork-bench-");
    this.root = root;
    this.home = home;
    this.environment = environment;
  }

  /** A name that nothing else has. */
  newName(): string {
    return `${this.label}-${String(++this.names)}`;
  }

  /** A folder of its own. */
  newFolder(name: string): string {
    const folder = join(this.root, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /**
   * A project that was never brought up: a container that waits, on the least memory that can be asked for.
   *
   * @param more lines of its settings
   */
  newProject(...more: readonly string[]): { readonly directory: string; readonly id: string } {
    const id = this.newName();
    const directory = this.newFolder(id);
    const settings = [`INFRA_ID=${id}`, "MEMORY=512", "CPUS=1", "COMMAND=sleep infinity", "PORTS=auto:80", ...more];
    writeFileSync(join(directory, ".env"), `${settings.join("\n")}\n`);
    return { directory, id };
  }

  /** Runs `vagrantp` of this checkout. */
  vagrantp(directory: string, parameters: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.run(join(this.installation.directory, "bin", "vagrantp"), parameters, { ...options, cwd: directory });
  }

  /** Runs `podman`. */
  podman(...parameters: readonly string[]): Promise<Ran> {
    return this.run(this.setup.podman?.path ?? "podman", parameters);
  }

  /**
   * Runs a program to its end.
   *
   * @throws Error with what the program said when it fails, or when the tool was stopped
   */
  async run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Ran> {
    if (this.stopped) throw new Error("stopped");
    const env = { ...this.environment, ...options.variables };
    const started = performance.now();
    // In a group of its own: Ctrl-C reaches us alone, and we ask it to end.
    const child = spawn(program, parameters, { cwd: options.cwd ?? this.root, env, detached: true, stdio: "pipe" });
    child.stdin.end(options.stdin);
    const output = { stdout: "", stderr: "", firstByte: NaN };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        if (Number.isNaN(output.firstByte)) output.firstByte = performance.now() - started;
        output[name] += text;
      });
    }
    const ended = new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => resolve(status ?? 1));
    }).finally(() => this.running.delete(child));
    this.running.set(
      child,
      ended.catch(() => undefined),
    );
    const status = await ended;
    const milliseconds = performance.now() - started;
    if (status !== 0) {
      const said = [output.stderr, output.stdout].map((text) => text.trim()).join("\n");
      throw new Error(`${[program, ...parameters].join(" ")} ended with ${String(status)}:\n${said}`);
    }
    return { stdout: output.stdout, milliseconds, firstByteMilliseconds: output.firstByte };
  }

  /** Asks everything that runs to end; nothing new is started but by {@link dispose}. */
  stop(): void {
    this.stopped = true;
    for (const child of this.running.keys()) child.kill("SIGINT");
  }

  /** Remembers how something is removed that is no container. It may be gone by then: a failure counts for nothing. */
  removeLater(remove: () => Promise<unknown>): void {
    this.removals.push(remove);
  }

  /** Waits for what runs, then removes every container, network and file of this world, and what was remembered. */
  async dispose(): Promise<void> {
    await Promise.all(this.running.values());
    this.stopped = false;
    for (const remove of this.removals) await remove().catch(() => undefined);
    const { projectsDirectory } = this.home;
    const stacks = existsSync(projectsDirectory) ? readdirSync(projectsDirectory) : [];
    const containers = (await this.list<PodmanContainer>("ps", "--all")).filter(
      ({ Names: [name = ""], Labels }) =>
        name.startsWith(`${this.label}-`) || stacks.includes(Labels?.["groundwork.stack"] ?? ""),
    );
    await this.removeAll(
      ["rm", "--force", "--volumes", "--time", "0"],
      containers.map(({ Id }) => Id),
    );
    const networks = await this.list<{ readonly name: string }>("network", "ls");
    const isOurs = (name: string) => name.startsWith(`${this.label}-`) || stacks.some((stack) => name.includes(stack));
    const ours = networks.map(({ name }) => name).filter(isOurs);
    await this.removeAll(["network", "rm", "--force"], ours);
    rmSync(this.root, { recursive: true, force: true });
  }

  private async list<Listed>(...parameters: readonly string[]): Promise<readonly Listed[]> {
    const { stdout } = await this.podman(...parameters, "--format", "json");
    return JSON.parse(stdout) as readonly Listed[];
  }

  private async removeAll(remove: readonly string[], names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.podman(...remove, ...names);
  }
}

/** A line of `podman ps --format json`. */
interface PodmanContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>> | null;
}
