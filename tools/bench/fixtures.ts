/** What several rows need, made when the first of them asks for it. */

import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pMap from "p-map";
import { ensureStack } from "../../engine/operations";
import { setStackConfig } from "../../engine/stack-config";
import { makeProjectWorkspace, projectWorkspace, type Workspace } from "../../engine/workspace";
import { atOnce } from "./row";
import type { World } from "../world";

/** A project that is up, and where plain `pulumi` works on its stack. */
export interface ProjectUp {
  readonly directory: string;
  readonly id: string;
  readonly workspace: Workspace;
}

/** Projects that were brought up at once. */
export interface Crowd {
  readonly projects: readonly { readonly directory: string; readonly id: string }[];
  /** When each `vagrantp up` had ended, in milliseconds from the start of the first, in order. */
  readonly endedAt: readonly number[];
  /** The host's ports that they got. */
  readonly ports: readonly number[];
}

/** The fixtures of one run. */
export class Fixtures {
  private projectUp: Promise<ProjectUp> | undefined;
  private madeNetwork?: Promise<string>;
  private readonly emptyPrograms = new Map<boolean, Promise<Workspace>>();
  private readonly stacks = new Map<number, Promise<Workspace>>();
  private readonly crowds = new Map<number, Promise<Crowd>>();

  constructor(readonly world: World) {}

  /** One project, up. */
  project(): Promise<ProjectUp> {
    return (this.projectUp ??= this.makeProject());
  }

  /**
   * An empty program that starts one plugin, up: what Pulumi itself costs.
   *
   * @param refresh whether it looks at what is real first, as ours does
   */
  empty(refresh: boolean): Promise<Workspace> {
    const made = this.emptyPrograms.get(refresh) ?? this.makeEmpty(refresh);
    this.emptyPrograms.set(refresh, made);
    return made;
  }

  /** A stack of so many instances, up. */
  stack(instances: number): Promise<Workspace> {
    const made = this.stacks.get(instances) ?? this.makeStackUp(instances);
    this.stacks.set(instances, made);
    return made;
  }

  /** A network such as each of our stacks has. */
  network(): Promise<string> {
    this.madeNetwork ??= this.makeNetwork();
    return this.madeNetwork;
  }

  /** So many projects, brought up some at a time. */
  crowd(projects: number): Promise<Crowd> {
    const made = this.crowds.get(projects) ?? this.makeCrowd(projects);
    this.crowds.set(projects, made);
    return made;
  }

  /** Runs plain `pulumi` on a stack. */
  async pulumi({ directory, stack, variables }: Workspace, ...parameters: readonly string[]): Promise<number> {
    const options = ["--stack", stack, "--non-interactive", "--color", "never"];
    return (await this.world.run("pulumi", [...parameters, ...options], { cwd: directory, variables })).milliseconds;
  }

  /** A stack of so many instances that was never brought up. */
  async newStack(instances: number): Promise<Workspace> {
    const workspace = this.newWorkspace();
    await beginStack(workspace, instances);
    return workspace;
  }

  private newWorkspace(): Workspace {
    const { home, installation, setup } = this.world;
    const workspace = projectWorkspace(home, installation, setup, this.world.newName());
    makeProjectWorkspace(workspace, installation);
    return workspace;
  }

  private async makeStackUp(instances: number): Promise<Workspace> {
    const workspace = await this.newStack(instances);
    await this.pulumi(workspace, "up", "--yes", "--skip-preview");
    return workspace;
  }

  private async makeNetwork(): Promise<string> {
    const name = this.world.newName();
    await this.world.podman("network", "create", "--opt", "isolate=true", name);
    return name;
  }

  private async makeProject(): Promise<ProjectUp> {
    const { directory, id } = this.world.newProject();
    await this.world.vagrantp(directory, ["up"]);
    const { stdout } = await this.world.vagrantp(directory, ["env", "--json"]);
    return { directory, id, workspace: JSON.parse(stdout) as Workspace };
  }

  private async makeEmpty(refresh: boolean): Promise<Workspace> {
    const stack = refresh ? "empty-refreshed" : "empty";
    const directory = this.world.newFolder(stack);
    symlinkSync(join(this.world.installation.directory, "node_modules"), join(directory, "node_modules"));
    const runtime = { name: "nodejs", options: { typescript: false } };
    const program = 'new (require("@pulumi/command").local.Command)("one", { create: "true" });\n';
    const project = {
      name: "groundwork",
      main: "index.js",
      runtime,
      ...(refresh ? { options: { refresh: "always" } } : {}),
    };
    writeFileSync(join(directory, "Pulumi.yaml"), JSON.stringify(project));
    writeFileSync(join(directory, "package.json"), "{}");
    writeFileSync(join(directory, "index.js"), program);
    const workspace = { directory, stack, variables: this.newWorkspace().variables };
    await ensureStack(workspace);
    await this.pulumi(workspace, "up", "--yes", "--skip-preview");
    return workspace;
  }

  private async makeCrowd(count: number): Promise<Crowd> {
    const projects = Array.from({ length: count }, () => this.world.newProject());
    const largeHost = join(this.world.installation.directory, "tools", "bench", "large-host.cjs");
    const variables = { NODE_OPTIONS: `--require ${largeHost}` };
    const endedAt: number[] = [];
    const ports: number[] = [];
    const started = performance.now();
    const up = async (directory: string) => {
      const { stdout } = await this.world.vagrantp(directory, ["up", "--json"], { variables });
      endedAt.push(performance.now() - started);
      const { instance } = JSON.parse(stdout) as { instance: { ports: { host: number }[] } };
      ports.push(...instance.ports.map(({ host }) => host));
    };
    await pMap(projects, ({ directory }) => up(directory), { concurrency: atOnce });
    return { projects, endedAt, ports };
  }
}

/** Makes a stack of so many instances, none of which is brought up. */
export async function beginStack(workspace: Workspace, instances: number): Promise<void> {
  const names = Array.from({ length: instances }, (_, index) => `${workspace.stack}-${String(index)}`);
  const instance = { memory: 512, cpus: 1, command: "sleep infinity" };
  setStackConfig(workspace, ["groundwork:kind"], "instances");
  setStackConfig(workspace, ["groundwork:instances"], Object.fromEntries(names.map((name) => [name, instance])));
  // What the instances promise is more than small hosts have; what they use is next to nothing.
  setStackConfig(workspace, ["groundwork:host"], { memoryMiB: 262_144 });
  await ensureStack(workspace);
}
