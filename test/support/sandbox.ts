/**
 * A home, projects and containers of one test file's own, on the real engine and the real Podman.
 * Everything it made is gone after `dispose`, also when a test failed.
 */

import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { x } from "tinyexec";
import { groundworkHome, type Home } from "../../host/home";
import { readSetup, type SetupRecord } from "../../host/setup-record";
import { makeOwnHome } from "../../tools/own-home";

/** How a program ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const installation = resolve(__dirname, "..", "..");

/** This host's set-up, which `make setup` left; undefined where it has not run. */
export const hostSetup: SetupRecord | undefined = readSetup(groundworkHome());

/**
 * `describe` where the real engine and the real Podman can be used; elsewhere the whole group is
 * skipped, and says why.
 */
export const describeWithEngine: jest.Describe =
  hostSetup?.podman === undefined
    ? skipSaying("`make setup` has not left an engine and Podman on this host")
    : describe;

/** A `describe` that skips its group, and says why. */
export function skipSaying(reason: string): jest.Describe {
  process.stderr.write(`skipped: ${reason}\n`);
  return describe.skip;
}

/** One test file's own world. */
export class Sandbox {
  readonly root: string;
  readonly home: Home;
  readonly environment: NodeJS.ProcessEnv;
  private readonly extraContainers: string[] = [];
  private readonly sharedStacks: string[] = [];

  /** @param variables on top of this process's own. @default none */
  constructor(variables: NodeJS.ProcessEnv = {}) {
    if (hostSetup === undefined) throw new Error("the sandbox needs the set-up that `make setup` leaves");
    // Jest tells its workers to write in colours.
    const { root, home, environment } = makeOwnHome(hostSetup, "groundwork-test-", {
      FORCE_COLOR: undefined,
      ...variables,
    });
    this.root = root;
    this.home = home;
    this.environment = environment;
  }

  /** A project directory with this `.env`. */
  project(name: string, env: readonly string[]): string {
    const directory = join(this.root, name);
    mkdirSync(directory, { recursive: true });
    this.settings(directory, env);
    return directory;
  }

  /** Writes a project's `.env` anew. */
  settings(directory: string, env: readonly string[]): void {
    writeFileSync(join(directory, ".env"), `${env.join("\n")}\n`);
  }

  /** A copy of this checkout, built, whose stacks can be configured at will. */
  async checkout(name: string): Promise<string> {
    const directory = join(this.root, name);
    const left = ["node_modules", ".git", "coverage"].map((folder) => join(installation, folder));
    await cp(installation, directory, {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !left.includes(path),
    });
    symlinkSync(join(installation, "node_modules"), join(directory, "node_modules"));
    return directory;
  }

  /** Runs `vagrantp` in a directory. */
  vagrantp(directory: string, ...parameters: string[]): Promise<Ended> {
    return this.run(join(installation, "bin", "vagrantp"), parameters, directory);
  }

  /** Runs `vagrantp` with `--json` and returns what it printed; fails the test when it did not succeed. */
  async vagrantpJson<Output>(directory: string, ...parameters: string[]): Promise<Output> {
    const ended = await this.vagrantp(directory, ...parameters, "--json");
    if (ended.exitCode !== 0)
      throw new Error(`vagrantp ${parameters.join(" ")} ended with ${ended.exitCode}: ${ended.stdout}${ended.stderr}`);
    return JSON.parse(ended.stdout) as Output;
  }

  /** Runs plain `pulumi` on a stack of a checkout, with the environment that `vagrantp env` prints. */
  async pulumiIn(checkout: string, stack: string, ...parameters: string[]): Promise<Ended> {
    this.sharedStacks.push(stack);
    const { variables } = await this.vagrantpJson<{ variables: NodeJS.ProcessEnv }>(checkout, "env", "--stack", stack);
    return this.run(
      "pulumi",
      [...parameters, "--stack", stack, "--non-interactive", "--color", "never"],
      checkout,
      variables,
    );
  }

  /** Runs plain `pulumi` on a project's own stack, in its workspace. */
  async pulumi(directory: string, ...parameters: string[]): Promise<Ended> {
    const workspace = await this.vagrantpJson<{ directory: string; stack: string; variables: NodeJS.ProcessEnv }>(
      directory,
      "env",
    );
    return this.run(
      "pulumi",
      [...parameters, "--stack", workspace.stack, "--non-interactive", "--color", "never"],
      workspace.directory,
      workspace.variables,
    );
  }

  /** Remembers a stack whose containers and networks a test makes by other ways, so that they are removed. */
  removeStackLater(stack: string): void {
    this.sharedStacks.push(stack);
  }

  /** Runs `podman` and returns its trimmed output; fails the test when it did not succeed. */
  async podman(...parameters: string[]): Promise<string> {
    const ended = await this.run(hostSetup?.podman?.path ?? "podman", parameters, this.root);
    if (ended.exitCode !== 0)
      throw new Error(`podman ${parameters.join(" ")} ended with ${ended.exitCode}: ${ended.stderr}`);
    return ended.stdout.trim();
  }

  /** Remembers a container that a test makes behind the tool's back, so that it is removed. */
  removeLater(container: string): void {
    this.extraContainers.push(container);
  }

  /** Runs any program with this sandbox's environment. */
  async run(
    program: string,
    parameters: readonly string[],
    cwd: string,
    variables: NodeJS.ProcessEnv = {},
  ): Promise<Ended> {
    const env = { ...this.environment, ...variables };
    const { exitCode, stdout, stderr } = await x(program, [...parameters], { nodeOptions: { cwd, env } });
    return { exitCode: exitCode ?? -1, stdout, stderr };
  }

  /** Removes every container, image and network of this sandbox, and its files. */
  async dispose(): Promise<void> {
    const projects = existsSync(this.home.projectsDirectory) ? readdirSync(this.home.projectsDirectory) : [];
    const stacks = [...projects, ...this.sharedStacks];
    const images: string[] = [];
    for (const stack of stacks) {
      const ids = await this.podman("ps", "--all", "--quiet", "--filter", `label=groundwork.stack=${stack}`);
      this.extraContainers.push(...lines(ids));
      const layers = await this.podman("images", "--quiet", "--filter", `label=groundwork.stack=${stack}`);
      images.push(...lines(layers));
    }
    for (const container of this.extraContainers) {
      await this.podman("rm", "--force", "--volumes", "--time", "0", "--ignore", container);
    }
    for (const image of images) await this.run("podman", ["rmi", "--force", image], this.root);
    for (const stack of stacks) {
      const networks = await this.podman("network", "ls", "--quiet", "--filter", `label=groundwork.stack=${stack}`);
      for (const network of lines(networks)) await this.podman("network", "rm", network);
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
