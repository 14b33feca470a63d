/** A stack of one small instance whose state is in a bucket of a real S3 server. */

import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import { lockFolder } from "../../engine/locks";
import { S3Server } from "../support/s3-server";
import { Sandbox, type Ended } from "../support/sandbox";
import { expectExit, until } from "../engine/support-outcome";
import { useTemporaryFolder } from "../support/temporary-folder";

/** A started `pulumi` or `bin/delivery`. */
export interface Started {
  readonly process: ChildProcess;
  /** The status of one that a signal ended is -1. */
  readonly ended: Promise<Ended>;
}

/** The parts of a state that tests look at. */
export interface StackState {
  readonly resources?: readonly { readonly type: string; readonly inputs?: Readonly<Record<string, unknown>> }[];
  readonly pending_operations?: readonly { readonly resource: { readonly type: string } }[];
}

/** The commit of all runs: a copy of the checkout has no git. */
const commit = "0123456789abcdef0123456789abcdef01234567";

/** A stack, its server and its checkout. */
export class BucketStack {
  /** A name of this test's own: containers are told apart by host, stack and id. */
  readonly name = `bucket-${process.pid}`;

  private constructor(
    readonly server: S3Server,
    readonly sandbox: Sandbox,
    private readonly checkout: string,
  ) {}

  /** Makes the stack, empty. */
  static async make(folder: string): Promise<BucketStack> {
    const server = await S3Server.start(folder);
    const sandbox = new Sandbox({ ...server.variables, GITHUB_SHA: commit });
    const stack = new BucketStack(server, sandbox, await sandbox.checkout("checkout"));
    stack.configure({ web: { memory: 512, cpus: 1 } });
    expectExit(await stack.pulumi("stack", "init", "--secrets-provider", "passphrase"), 0);
    return stack;
  }

  /** The same stack in a checkout of its own, as the job of another merge has it. */
  async inAnotherCheckout(name: string): Promise<BucketStack> {
    return new BucketStack(this.server, this.sandbox, await this.sandbox.checkout(name));
  }

  /** Writes the instances of the stack. */
  configure(instances: Readonly<Record<string, object>>): void {
    const config = { "groundwork:kind": "instances", "groundwork:instances": instances };
    writeFileSync(join(this.checkout, `Pulumi.${this.name}.yaml`), stringify({ config }));
  }

  /** Runs plain `pulumi` on it, to its end. @param variables on top of the stack's own */
  async pulumi(...parameters: string[]): Promise<Ended> {
    return this.sandbox.pulumiIn(this.checkout, this.name, ...parameters);
  }

  /** {@link pulumi} with a file of this content, named by `--file`. */
  async pulumiWithFile(content: string, ...parameters: string[]): Promise<Ended> {
    const file = join(this.checkout, "given.json");
    writeFileSync(file, content);
    return this.pulumi(...parameters, "--file", file);
  }

  /** Makes what it declares real. */
  up(): Promise<Ended> {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  /** Starts what {@link up} runs. */
  async startUp(): Promise<Started> {
    const { variables } = await this.sandbox.vagrantpJson<{ variables: NodeJS.ProcessEnv }>(
      ...[this.checkout, "env", "--stack", this.name],
    );
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--stack", this.name, "--non-interactive"], {
      cwd: this.checkout,
      env: { ...this.sandbox.environment, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { process: child, ended: endOf(child) };
  }

  /** Runs `bin/delivery VERB` on it. @param variables on top of the stack's own */
  delivery(verb: string, parameters: readonly string[] = [], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const program = join(this.checkout, "bin", "delivery");
    return this.sandbox.run(program, [verb, "--stack", this.name, ...parameters], this.checkout, variables);
  }

  /** Starts `bin/delivery VERB` on it. */
  startDelivery(verb: string, parameters: readonly string[] = []): Started {
    const program = join(this.checkout, "bin", "delivery");
    const child = spawn(program, [verb, "--stack", this.name, ...parameters], {
      cwd: this.checkout,
      env: this.sandbox.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { process: child, ended: endOf(child) };
  }

  /** A folder for a plan. */
  planFolder(name = "plan"): string {
    return join(this.sandbox.root, name);
  }

  /** The files of the engine's locks in the bucket. */
  locks(): readonly string[] {
    const folder = join(this.server.bucketFolder, lockFolder(this.name));
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  }

  /** Whether a run has the turn of applies, or has left it. */
  isTurnTaken(): boolean {
    const file = join(this.server.bucketFolder, "groundwork", "applying", `${this.name}.json`);
    return existsSync(file) && statSync(file).size > 0;
  }

  /** What the state holds; undefined while there is none. */
  state(): StackState | undefined {
    const file = join(this.server.bucketFolder, ".pulumi", "stacks", "groundwork", `${this.name}.json`);
    if (!existsSync(file)) return undefined;
    return (JSON.parse(readFileSync(file, "utf8")) as { checkpoint: { latest?: StackState } }).checkpoint.latest;
  }

  /** Resolves once the state says that the container is being made. */
  async untilBeingMade(): Promise<void> {
    const actuator = "command:local:Command";
    const isPending = () =>
      this.state()?.pending_operations?.some(({ resource }) => resource.type === actuator) === true;
    await until("the state says that the container is being made", isPending, 5);
  }

  /** The names of the stack's containers, whether they run or not. */
  async containers(): Promise<readonly string[]> {
    const filter = `label=groundwork.stack=${this.name}`;
    const listed = await this.sandbox.podman("ps", "--all", "--filter", filter, "--format", "{{.Names}}");
    return listed.split("\n").filter((name) => name !== "");
  }

  /** Removes all of it. */
  async dispose(): Promise<void> {
    await this.sandbox.dispose();
    await this.server.kill();
  }
}

async function endOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ended> {
  const exited = new Promise<number>((done, fail) => {
    child.on("error", fail).on("exit", (code) => done(code ?? -1));
  });
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}

/** Gives every test a stack of its own. */
export function useBucketStack(): () => BucketStack {
  const folder = useTemporaryFolder();
  let stack: BucketStack;
  beforeEach(async () => {
    stack = await BucketStack.make(folder());
  });
  afterEach(() => stack.dispose());
  return () => stack;
}
