/**
 * Runs a workflow of this repository as GitHub Actions would: each job on a clean clone of the commit, its commands in order,
 * with the variables that GitHub sets and the secrets of the job's environment alone.
 *
 * Played here, and so not proved: queues and labels of runners, `concurrency`, GitHub's masking of secrets, and the actions of
 * others. A checkout is a clone; a cache gives the packages that `npm ci` would bring from it, and nothing else; an artifact is
 * a folder handed over. To save minutes `make setup` runs for real only where it is asked for.
 *
 * @see https://docs.github.com/actions/reference/variables-reference
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { arch } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Sandbox } from "../../support/sandbox";
import { readYaml, type Job, type Step, type Workflow } from "../../support/workflow";
import { filled, holds, type Contexts } from "./workflow-expressions";

const installation = resolve(__dirname, "..", "..", "..");

/** What happened, in which repository, and who may know what. */
export interface Situation {
  /** A repository's folder, which is cloned. */
  readonly origin: string;
  /** `owner/name` at GitHub. */
  readonly repository: string;
  readonly actor: string;
  readonly commit: string;
  /** E.g. refs/heads/main. */
  readonly ref: string;
  readonly event: { readonly name: string; readonly payload: unknown };
  readonly runId: number;
  /** Where GitHub's API is played. */
  readonly apiUrl: string;
  readonly token: string;
  /** Whether `make setup` really runs. @default what it leaves is taken from the repository's folder, which is set up */
  readonly setsUp?: boolean;
  /** By the name of an environment. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Called before a job of an environment begins: a reviewer has a look. @default nobody is asked */
  readonly onEnvironment?: (environment: string) => void;
}

/** How a job ended. */
export interface JobRun {
  readonly name: string;
  readonly conclusion: "success" | "failure" | "skipped";
  /** What the page of the run shows of it, Markdown. */
  readonly summary: string;
  /** Both streams of every command. */
  readonly log: string;
  /** How long each step took, by its name. */
  readonly seconds: Readonly<Record<string, number>>;
  /** What other jobs may ask of it. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** One job with its matrix filled in. */
interface Planned {
  readonly job: Job;
  readonly contexts: Contexts;
}

/** Runs every job in order. A job whose need did not succeed is skipped. */
export async function runWorkflow(sandbox: Sandbox, file: string, situation: Situation): Promise<JobRun[]> {
  const workflow = readYaml(situation.origin, `.github/workflows/${file}`) as Workflow;
  const folder = mkdtempSync(join(sandbox.root, "run-"));
  const done = new Map<string, JobRun>();
  const runs: JobRun[] = [];
  for (const [id, job] of Object.entries(workflow.jobs)) {
    const needed = job.needs === undefined ? undefined : done.get(job.needs);
    const needs =
      needed === undefined ? {} : { [job.needs ?? ""]: { result: needed.conclusion, outputs: needed.outputs } };
    const skipped = needed !== undefined && needed.conclusion !== "success";
    for (const planned of plan(job, needs, situation)) {
      const run = skipped ? notRun(planned) : await new JobRunner(sandbox, folder, workflow, situation, planned).run();
      done.set(id, run);
      runs.push(run);
    }
  }
  return runs;
}

function plan(job: Job, needs: object, { repository, actor, commit, ref, event, runId, token }: Situation): Planned[] {
  const github = {
    repository,
    actor,
    sha: commit,
    ref,
    event_name: event.name,
    event: event.payload,
    run_id: String(runId),
    token,
  };
  const rows = job.strategy?.matrix.include ?? [{}];
  return rows.map((matrix) => ({ job, contexts: { github, matrix, needs } }));
}

function notRun({ job, contexts }: Planned): JobRun {
  return { name: filled(job.name, contexts), conclusion: "skipped", summary: "", log: "", seconds: {}, outputs: {} };
}

class JobRunner {
  private readonly folder: string;
  private readonly workspace: string;
  private readonly contexts: Contexts;
  private readonly steps: Record<string, { outputs: Readonly<Record<string, string>> }> = {};
  private log = "";
  private readonly seconds: Record<string, number> = {};

  constructor(
    private readonly sandbox: Sandbox,
    /** Of the whole run: artifacts lie here. */
    private readonly artifacts: string,
    private readonly workflow: Workflow,
    private readonly situation: Situation,
    private readonly planned: Planned,
  ) {
    this.folder = mkdtempSync(join(artifacts, "job-"));
    this.workspace = join(this.folder, basename(situation.repository));
    const environment = filled(planned.job.environment ?? "", planned.contexts);
    const secrets = situation.secrets[environment] ?? {};
    // No environment here has variables.
    this.contexts = { ...planned.contexts, secrets, vars: {}, steps: this.steps };
    this.environment = environment;
  }

  private readonly environment: string;

  async run(): Promise<JobRun> {
    const { job } = this.planned;
    if (!holds(job.if, this.contexts)) return notRun(this.planned);
    if (this.environment !== "") this.situation.onEnvironment?.(this.environment);
    writeFileSync(join(this.folder, "event.json"), JSON.stringify(this.situation.event.payload));
    const succeeded = await this.runSteps(job.steps);
    const summary = join(this.folder, "summary.md");
    return {
      name: filled(job.name, this.contexts),
      conclusion: succeeded ? "success" : "failure",
      summary: existsSync(summary) ? readFileSync(summary, "utf8") : "",
      log: this.log,
      seconds: this.seconds,
      outputs: Object.fromEntries(
        Object.entries(job.outputs ?? {}).map(([name, value]) => [name, filled(value, this.contexts)]),
      ),
    };
  }

  private async runSteps(steps: readonly Step[]): Promise<boolean> {
    for (const step of steps) {
      const startedAt = performance.now();
      const succeeded = await this.runStep(step);
      this.seconds[step.name] = (performance.now() - startedAt) / 1000;
      if (!succeeded) return false;
    }
    return true;
  }

  private async runStep(step: Step): Promise<boolean> {
    if (step.run === "make setup" && this.situation.setsUp !== true) return this.takeBuild();
    if (step.run !== undefined) return this.runCommand(step, step.run);
    const uses = step.uses ?? "";
    if (uses.startsWith("./")) {
      const { runs } = readYaml(this.workspace, join(uses, "action.yml")) as { runs: { steps: readonly Step[] } };
      return this.runSteps(runs.steps);
    }
    const action = actions[uses.replace(/@.*/, "")];
    if (action === undefined) throw new Error(`nobody plays ${uses} here`);
    await action(step, this);
    return true;
  }

  /** What GitHub runs it with: `bash -e FILE`. */
  private async runCommand({ id, env = {} }: Step, command: string): Promise<boolean> {
    const [script, output] = [join(this.folder, "step.sh"), join(this.folder, "output")];
    writeFileSync(output, "");
    writeFileSync(script, `${filled(command, this.contexts)}\n`);
    const own = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value, this.contexts)]));
    const ended = await this.sandbox.run("bash", ["-e", script], this.workspace, { ...this.variables(), ...own });
    this.log += `$ ${command}\n${ended.stdout}${ended.stderr}`;
    if (id !== undefined) this.steps[id] = { outputs: readOutputs(readFileSync(output, "utf8")) };
    return ended.exitCode === 0;
  }

  private variables(): NodeJS.ProcessEnv {
    const { repository, actor, commit, ref, event, runId, apiUrl } = this.situation;
    const at = (name: string) => join(this.folder, name);
    return {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_API_URL: apiUrl,
      GITHUB_REPOSITORY: repository,
      GITHUB_ACTOR: actor,
      GITHUB_SHA: commit,
      GITHUB_REF: ref,
      GITHUB_EVENT_NAME: event.name,
      GITHUB_EVENT_PATH: at("event.json"),
      GITHUB_RUN_ID: String(runId),
      GITHUB_RUN_ATTEMPT: "1",
      GITHUB_WORKFLOW: this.workflow.name,
      GITHUB_WORKSPACE: this.workspace,
      GITHUB_STEP_SUMMARY: at("summary.md"),
      GITHUB_OUTPUT: at("output"),
      GITHUB_ENV: at("env"),
      RUNNER_NAME: "a-runner",
      RUNNER_TEMP: this.folder,
      RUNNER_OS: "Linux",
      RUNNER_ARCH: arch().toUpperCase(),
    };
  }

  /** @see actions/checkout: the commit of the event, and its history no further. */
  async checkOut(): Promise<void> {
    const git = async (...parameters: string[]) => {
      const ended = await this.sandbox.run("git", parameters, this.folder);
      if (ended.exitCode !== 0) throw new Error(`git ${parameters.join(" ")}: ${ended.stderr}`);
    };
    mkdirSync(this.workspace);
    await git("init", "--quiet", this.workspace);
    await git(
      "-C",
      this.workspace,
      "fetch",
      "--quiet",
      "--depth=1",
      `file://${this.situation.origin}`,
      this.situation.commit,
    );
    await git("-C", this.workspace, "checkout", "--quiet", "--detach", "FETCH_HEAD");
  }

  /** Packages as `npm ci` leaves them, so that nothing is asked of a registry: by links, which a broken run may remove. */
  async linkPackages(): Promise<void> {
    const packages = join(this.workspace, "node_modules");
    await this.sandbox.run("cp", ["--archive", "--link", join(installation, "node_modules"), packages], this.workspace);
    const lock = join(this.workspace, "package-lock.json");
    // make asks whether the packages are newer than the file that locks them.
    utimesSync(lock, 0, 0);
  }

  /** The sandbox is set up; a job lacks the build alone. */
  private takeBuild(): boolean {
    cpSync(join(this.situation.origin, "dist"), join(this.workspace, "dist"), {
      recursive: true,
      preserveTimestamps: true,
    });
    return true;
  }

  upload({ name, path }: Artifact): void {
    cpSync(join(this.workspace, path), join(this.artifacts, name), {
      recursive: true,
      errorOnExist: true,
      force: false,
    });
  }

  download({ name, path }: Artifact): void {
    cpSync(join(this.artifacts, name), join(this.workspace, path), { recursive: true });
  }
}

interface Artifact {
  readonly name: string;
  readonly path: string;
}

/** `NAME<<END`, the value, `END`. @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
function readOutputs(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^(.+)<<(.+)\n([^]*?)\n\2\n/gm);
  return Object.fromEntries([...found].map(([, name = "", , value = ""]) => [name, value]));
}

/** Who plays which action of others. */
const actions: Readonly<Record<string, (step: Step, runner: JobRunner) => void | Promise<void>>> = {
  "actions/checkout": (_, runner) => runner.checkOut(),
  "actions/cache": (_, runner) => runner.linkPackages(),
  "actions/upload-artifact": (step, runner) => runner.upload(step.with as unknown as Artifact),
  "actions/download-artifact": (step, runner) => runner.download(step.with as unknown as Artifact),
};
