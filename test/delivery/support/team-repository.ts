/**
 * A repository at GitHub with two stacks of containers on this host, and what its people do. The names of the stacks are the
 * test's own, because containers are told apart by them; in the workflows they stand in place of `dev` and `prod`, and nothing
 * else of the workflows is changed.
 */

import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse, stringify } from "yaml";
import { expectExit } from "../../engine/support-outcome";
import { GitHubApi, type StoredIssue } from "../../support/github-api";
import type { Ended, Sandbox } from "../../support/sandbox";
import { runWorkflow, type JobRun, type Situation } from "./workflow-runner";

const repository = "acme/infrastructure";
const token = "token-of-the-job";
const passphrase = "the-passphrase-of-production";

/** An instance that needs little; its version is a variable inside it. */
export const instance = (version: string) => ({ memory: 512, cpus: 1, environment: { VERSION: version } });

/** The two stacks, by what they are in the workflows. */
export type StackName = "dev" | "prod";

/** Everything of the team's. */
export class TeamRepository {
  private runs = 0;
  /** The environments whose reviewers were asked, in order. */
  readonly asked: string[] = [];

  private constructor(
    private readonly sandbox: Sandbox,
    /** The folder of the repository. */
    readonly origin: string,
    readonly api: GitHubApi,
    readonly stacks: Readonly<Record<StackName, string>>,
  ) {}

  /** Makes the repository, with both stacks on its branch main, empty. */
  static async make(sandbox: Sandbox): Promise<TeamRepository> {
    const origin = await sandbox.checkout("origin");
    const api = await GitHubApi.start({ repository, tokens: { [token]: { login: "github-actions[bot]" } } });
    try {
      const names = { dev: `flow-dev-${process.pid}`, prod: `flow-prod-${process.pid}` };
      const team = new TeamRepository(sandbox, origin, api, names);
      await team.begin();
      return team;
    } catch (error) {
      await api.stop();
      throw error;
    }
  }

  /** Writes the instances of a stack; what Pulumi wrote beside them stays. */
  configure(stack: StackName, instances: Record<string, unknown>): void {
    const file = join(this.origin, `Pulumi.${this.stacks[stack]}.yaml`);
    const before = globSync(file).map((found) => parse(readFileSync(found, "utf8")) as object);
    const config = { "groundwork:kind": "instances", "groundwork:instances": instances };
    writeFileSync(file, stringify({ ...before[0], config }));
  }

  /**
   * A pull request with these instances, as GitHub offers it for a check: merged with main.
   *
   * @param files texts by their path, which it changes too. @default none
   */
  async pullRequest(
    instances: Partial<Record<StackName, Record<string, unknown>>>,
    files: Readonly<Record<string, string>> = {},
  ): Promise<PullRequest> {
    const issue = this.api.addIssue({ title: "A change", isPullRequest: true });
    const branch = `change-${issue.number}`;
    await this.git("checkout", "--quiet", "-b", branch, "main");
    for (const [stack, these] of Object.entries(instances)) this.configure(stack as StackName, these);
    for (const [path, text] of Object.entries(files)) writeFileSync(join(this.origin, path), text);
    await this.commit("Change");
    await this.git("checkout", "--quiet", "--detach", "main");
    await this.git(...author, "merge", "--quiet", "--no-ff", "--message", "Merge", branch);
    const commit = await this.git("rev-parse", "HEAD");
    await this.git("checkout", "--quiet", "main");
    return { issue, branch, commit };
  }

  /** Lets GitHub preview a pull request. @param head whose branch it is; a fork has another */
  preview(change: PullRequest, head = repository): Promise<JobRun[]> {
    return this.runOnPullRequest("preview.yml", change, head);
  }

  /** Lets GitHub lint and test a pull request. @param head whose branch it is; a fork has another */
  check(change: PullRequest, head = repository): Promise<JobRun[]> {
    return this.runOnPullRequest("test.yml", change, head);
  }

  /** Merges it, and lets GitHub run what that starts. */
  async merge({ branch, issue }: PullRequest): Promise<JobRun[]> {
    await this.git(...author, "merge", "--quiet", "--no-ff", "--message", "Merge", branch);
    this.api.pullsOf.set(await this.git("rev-parse", "main"), [issue]);
    return this.push();
  }

  /** Lets GitHub run what a push to main starts. */
  async push(): Promise<JobRun[]> {
    const commit = await this.git("rev-parse", "main");
    return this.run(
      "apply.yml",
      { name: "push", payload: { repository: { full_name: repository } } },
      commit,
      "refs/heads/main",
    );
  }

  /** Lets GitHub run what every hour starts. @param wrong secrets of production's that somebody has set wrongly */
  async watch(wrong: Readonly<Record<string, string>> = {}): Promise<JobRun[]> {
    const commit = await this.git("rev-parse", "main");
    const event = { name: "schedule", payload: { schedule: "17 * * * *" } };
    return this.run("drift.yml", event, commit, "refs/heads/main", wrong);
  }

  /** Runs `bin/delivery` by hand, in the folder of the repository. */
  delivery(stack: StackName, verb: string, ...parameters: string[]): Promise<Ended> {
    const command = join(this.origin, "bin", "delivery");
    return this.sandbox.run(
      command,
      [verb, "--stack", this.stacks[stack], ...parameters],
      this.origin,
      this.backend(stack),
    );
  }

  /** The running containers of a stack: each id, with the variable VERSION inside it. */
  async containers(stack: StackName): Promise<Readonly<Record<string, string>>> {
    const filter = ["--filter", `label=groundwork.stack=${this.stacks[stack]}`];
    const told = await this.sandbox.podman("ps", ...filter, "--format", '{{.ID}} {{index .Labels "groundwork.id"}}');
    const lines = told.split("\n").filter((line) => line !== "");
    const entries = lines.map(async (line) => {
      const [container = "", id = ""] = line.split(" ");
      return [id, await this.sandbox.podman("exec", container, "printenv", "VERSION")] as const;
    });
    return Object.fromEntries((await Promise.all(entries)).sort());
  }

  /** Somebody removes a container without telling anybody. */
  async removeByHand(stack: StackName, id: string): Promise<void> {
    const labels = [`groundwork.stack=${this.stacks[stack]}`, `groundwork.id=${id}`];
    const filters = labels.flatMap((label) => ["--filter", `label=${label}`]);
    const container = await this.sandbox.podman("ps", "--all", "--quiet", ...filters);
    await this.sandbox.podman("rm", "--force", "--time", "0", container);
  }

  async dispose(): Promise<void> {
    await this.api.stop();
  }

  private runOnPullRequest(file: string, { issue, commit }: PullRequest, head: string): Promise<JobRun[]> {
    const pull_request = {
      number: issue.number,
      labels: issue.labels,
      head: { repo: { full_name: head } },
      base: { repo: { full_name: repository } },
    };
    const event = {
      name: "pull_request",
      payload: { number: issue.number, pull_request, repository: { full_name: repository } },
    };
    return this.run(file, event, commit, `refs/pull/${issue.number}/merge`);
  }

  private async run(
    file: string,
    event: Situation["event"],
    commit: string,
    ref: string,
    wrong: Readonly<Record<string, string>> = {},
  ): Promise<JobRun[]> {
    const runId = ++this.runs;
    const secrets = { ...this.backend("prod"), ...wrong };
    return runWorkflow(this.sandbox, file, {
      origin: this.origin,
      repository,
      actor: "ada",
      commit,
      ref,
      event,
      runId,
      token,
      apiUrl: this.api.url,
      // Once shows that a clean clone can be set up.
      setsUp: runId === 1 && event.name === "pull_request",
      secrets: { [this.stacks.prod]: secrets, [`${this.stacks.prod}-plan`]: secrets },
      onEnvironment: (environment) => {
        if (environment !== this.stacks.prod) return;
        this.asked.push(environment);
        this.api.approvals.set(String(runId), [
          { state: "approved", user: { login: "grace" }, environments: [{ name: environment }] },
        ]);
      },
    });
  }

  /** Production's state is elsewhere, dev's where this host keeps its own. */
  private backend(stack: StackName): Record<string, string> {
    if (stack === "dev") return {};
    return {
      PULUMI_BACKEND_URL: pathToFileURL(join(this.sandbox.root, "bucket")).href,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
    };
  }

  private async begin(): Promise<void> {
    await this.git("init", "--quiet", "--initial-branch", "main");
    this.renameStacks();
    mkdirSync(join(this.sandbox.root, "bucket"));
    for (const stack of ["dev", "prod"] as const) {
      this.configure(stack, {});
      expectExit(await this.pulumi(stack, "stack", "init", "--secrets-provider", "passphrase"), 0);
    }
    await this.commit("Begin");
  }

  private async pulumi(stack: StackName, ...parameters: string[]): Promise<Ended> {
    const name = this.stacks[stack];
    if (stack === "dev") return this.sandbox.pulumiIn(this.origin, name, ...parameters);
    this.sandbox.removeStackLater(name);
    const { variables } = await this.sandbox.vagrantpJson<{ variables: NodeJS.ProcessEnv }>(
      this.origin,
      "env",
      "--stack",
      name,
    );
    const own = { ...variables, PULUMI_CONFIG_PASSPHRASE_FILE: undefined, ...this.backend(stack) };
    return this.sandbox.run("pulumi", [...parameters, "--stack", name, "--non-interactive"], this.origin, own);
  }

  private renameStacks(): void {
    for (const file of globSync(join(this.origin, ".github", "workflows", "*.yml"))) {
      const text = readFileSync(file, "utf8");
      const renamed = text.replaceAll(
        /(stack:? |environment: )(dev|prod)\b/g,
        (_, before: string, stack: StackName) => {
          return `${before}${this.stacks[stack]}`;
        },
      );
      writeFileSync(file, renamed);
    }
  }

  private async commit(message: string): Promise<void> {
    await this.git("add", "--all");
    await this.git(...author, "commit", "--quiet", "--message", message);
  }

  private async git(...parameters: string[]): Promise<string> {
    const ended = await this.sandbox.run("git", parameters, this.origin);
    expectExit(ended, 0);
    return ended.stdout.trim();
  }
}

const author = ["-c", "user.name=ada", "-c", "user.email=ada@example.com"];

/** A pull request, and the commit that its checks run on. */
export interface PullRequest {
  readonly issue: StoredIssue;
  readonly branch: string;
  readonly commit: string;
}
