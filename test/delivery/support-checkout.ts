/** A clone with a stack of its own, as CI and people have it, and the commands that they run in it. */

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { expectExit } from "../engine/support-outcome";
import type { Ended, Sandbox } from "../support/sandbox";

/** An instance that needs little; its version is a variable inside it. */
export const instance = (version: string, secrets: Readonly<Record<string, string>> = {}) => ({
  memory: 512,
  cpus: 1,
  environment: { VERSION: version, ...secrets },
});

/** A git checkout in a sandbox, with one stack of instances. */
export class DeliveryCheckout {
  private constructor(
    readonly sandbox: Sandbox,
    readonly directory: string,
    readonly stack: string,
  ) {}

  /** Makes it, with the stack, which is empty. @param stack a name of the test's own: containers are told apart by it */
  static async make(sandbox: Sandbox, stack: string): Promise<DeliveryCheckout> {
    const checkout = new DeliveryCheckout(sandbox, await sandbox.checkout("checkout"), stack);
    await checkout.git("init", "--quiet");
    checkout.configure({});
    expectExit(await checkout.pulumi("stack", "init", "--secrets-provider", "passphrase"), 0);
    await checkout.commit();
    return checkout;
  }

  /** Writes the instances of the stack's configuration; what Pulumi wrote beside them stays. */
  configure(instances: Record<string, unknown>): void {
    const file = join(this.directory, `Pulumi.${this.stack}.yaml`);
    const before = existsSync(file) ? (parse(readFileSync(file, "utf8")) as object) : {};
    const config = { "groundwork:kind": "instances", "groundwork:instances": instances };
    writeFileSync(file, stringify({ ...before, config }));
  }

  /** Commits all that there is. @returns the commit */
  async commit(): Promise<string> {
    await this.git("add", "--all");
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    await this.git(...who, "commit", "--quiet", "--allow-empty", "--message", "A commit of a test");
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  /** Configures, commits and brings up, without delivery. @returns the commit */
  async bringUp(instances: Record<string, unknown>): Promise<string> {
    this.configure(instances);
    const commit = await this.commit();
    expectExit(await this.pulumi("up", "--yes", "--skip-preview"), 0);
    return commit;
  }

  /** Runs git here; fails the test when it did not succeed. */
  async git(...parameters: string[]): Promise<string> {
    const ended = await this.sandbox.run("git", parameters, this.directory);
    expectExit(ended, 0);
    return ended.stdout;
  }

  /** Runs plain `pulumi` on the stack. */
  pulumi(...parameters: string[]): Promise<Ended> {
    return this.sandbox.pulumiIn(this.directory, this.stack, ...parameters);
  }

  /** Runs `bin/delivery VERB -s STACK`. */
  delivery(verb: string, ...parameters: string[]): Promise<Ended> {
    const command = join(this.directory, "bin", "delivery");
    return this.sandbox.run(command, [verb, "--stack", this.stack, ...parameters], this.directory);
  }

  /** The running containers of the stack: each id, with the variable VERSION inside it; empty where there is none. */
  async containers(): Promise<Readonly<Record<string, string>>> {
    const filter = ["--filter", `label=groundwork.stack=${this.stack}`];
    const told = await this.sandbox.podman("ps", ...filter, "--format", '{{.ID}} {{index .Labels "groundwork.id"}}');
    const lines = told.split("\n").filter((line) => line !== "");
    const entries = lines.map(async (line) => {
      const [container = "", id = ""] = line.split(" ");
      const version = await this.sandbox.run("podman", ["exec", container, "printenv", "VERSION"], this.directory);
      return [id, version.stdout.trim()] as const;
    });
    return Object.fromEntries((await Promise.all(entries)).sort());
  }

  /** The folder beside the state where delivery keeps what it must remember. */
  get storage(): string {
    return join(this.sandbox.home.stacksDirectory, "groundwork");
  }

  /** Loses the state, as a bucket that was emptied by mistake would. */
  loseState(): void {
    const file = this.stateFile;
    for (const path of [file, `${file}.attrs`, `${file}.bak`, `${file}.bak.attrs`]) rmSync(path, { force: true });
  }

  /** The file of the engine's that holds the state. */
  get stateFile(): string {
    const file = join(this.sandbox.home.stacksDirectory, ".pulumi", "stacks", "groundwork", `${this.stack}.json`);
    if (!existsSync(file)) throw new Error(`the state is not in ${file}`);
    return file;
  }
}
