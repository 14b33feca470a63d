/** Preview, apply and drift of a stack in a bucket: real engine, real S3 server, real containers, a stand-in for GitHub. */

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256, type PlanManifest } from "../../delivery/plan/manifest";
import { registerPlan } from "../../delivery/plan/plan-records";
import { FolderStorage } from "../../delivery/storage/folder-storage";
import { writeSetup } from "../../host/setup-record";
import { expectExit, saidBy, stackTrace } from "../engine/support-outcome";
import { GitHubApi } from "../support/github-api";
import { hostSetup } from "../support/sandbox";
import { describeWithEngineAndS3 } from "../support/s3-server";
import { BucketStack } from "./support-bucket-stack";

jest.setTimeout(600_000);

const repository = "acme/infrastructure";
const secret = "hunter2-of-the-plan";

/** Every file below a folder with its content and its times, and every folder with the time of its last change. */
function recordOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const content = entry.isFile() ? sha256(readFileSync(path)) : "";
      return `${path} ${statSync(path, { bigint: true }).mtimeNs} ${content}`;
    })
    .sort();
}

/** All texts below a folder. */
function textsIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8")).join("\n");
}

describeWithEngineAndS3("a plan", () => {
  let folder: string;
  let stack: BucketStack;
  let api: GitHubApi;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-plans-"));
    stack = await BucketStack.make(folder);
    api = await GitHubApi.start({ repository, tokens: { "token-of-bot": { login: "github-actions[bot]" } } });
  });
  afterEach(async () => {
    await api.stop();
    await stack.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const atGitHub = (variables: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    GITHUB_API_URL: api.url,
    GITHUB_TOKEN: "token-of-bot",
    GITHUB_REPOSITORY: repository,
    ...variables,
  });
  const preview = (name = "plan", variables: NodeJS.ProcessEnv = {}) =>
    stack.delivery("preview", ["--out", stack.planFolder(name)], variables);
  const apply = (name = "plan", variables: NodeJS.ProcessEnv = {}) =>
    stack.delivery("apply", ["--plan", stack.planFolder(name)], variables);

  async function bringUp(): Promise<void> {
    expectExit(await preview("first"), 0);
    expectExit(await apply("first"), 0);
  }

  test("is shown, applied and kept in one comment; the next one changes nothing, and no secret is told", async () => {
    const path = "groundwork:instances.web.environment.TOKEN";
    expectExit(await stack.pulumi("config", "set", "--secret", "--path", path, secret), 0);
    const pullRequest = api.addIssue({ isPullRequest: true });
    const onPullRequest = atGitHub({ GITHUB_REF: "refs/pull/1/merge" });

    const planned = await preview("plan", onPullRequest);
    expectExit(planned, 0);
    expect(planned.stdout).toContain("**4 created**");
    const applied = await apply();
    expectExit(applied, 0);
    expect(applied.stdout).toContain("What is real is as promised.");
    const again = await preview("again", onPullRequest);
    expect(again.stdout).toContain("**No changes**; 4 unchanged.");
    expectExit(await apply("again"), 0);

    expect(pullRequest.comments).toHaveLength(1);
    const [comment] = pullRequest.comments;
    expect(comment?.body).toBe(`<!-- groundwork preview ${stack.name} -->\n${again.stdout.trimEnd()}`);
    const told = [planned, applied, again].map(saidBy).join("\n");
    const kept = textsIn(stack.planFolder("plan")) + textsIn(join(stack.server.bucketFolder, "groundwork"));
    expect(`${told}${comment?.body ?? ""}${kept}`).not.toContain(secret);
    const [name = ""] = await stack.containers();
    expect(await stack.sandbox.podman("exec", name, "printenv", "TOKEN")).toBe(secret);
  });

  test("repairs what was changed by hand; drift is one issue meanwhile, and closes it", async () => {
    await bringUp();
    const [name = ""] = await stack.containers();
    await stack.sandbox.podman("update", "--memory", "300m", "--memory-swap", "300m", name);
    const found = await stack.delivery("drift", [], atGitHub());
    expectExit(found, 7);
    expect(api.issues).toMatchObject([{ state: "open", labels: [{ name: "drift" }] }]);
    expect(api.issues[0]?.body.replace(/Seen at \S+/, "Seen at TIME")).toBe(
      readFileSync(join(__dirname, "drift-issue.md"), "utf8").replaceAll("STACK", stack.name).trimEnd(),
    );

    await stack.sandbox.podman("rm", "--force", "--time", "0", name);
    expectExit(await stack.delivery("drift", [], atGitHub()), 7);
    expect(api.issues).toHaveLength(1);
    expect(api.issues[0]?.body).toContain("| `exists` | `true` | `false` |");

    expectExit(await preview(), 0);
    expectExit(await apply(), 0);
    expect(await stack.containers()).toEqual([name]);
    expectExit(await stack.delivery("drift", [], atGitHub()), 0);
    expect(api.issues).toMatchObject([{ state: "closed", comments: [{}] }]);
  });

  test("is not needed to look for drift, which writes nothing at all", async () => {
    await bringUp();
    const [name = ""] = await stack.containers();
    await stack.sandbox.podman("rm", "--force", "--time", "0", name);
    const before = recordOf(stack.server.bucketFolder);
    expectExit(await stack.delivery("drift"), 7);
    expect(recordOf(stack.server.bucketFolder)).toEqual(before);
  });

  test("cannot be made, nor drift be told, where the backend cannot be asked: 1 or its own status, and the issue stays", async () => {
    await bringUp();
    await stack.sandbox.podman("rm", "--force", "--time", "0", (await stack.containers())[0] ?? "");
    expectExit(await stack.delivery("drift", [], atGitHub()), 7);
    const issue = { ...api.issues[0]! };
    writeSetup(stack.sandbox.home, { ...hostSetup!, podman: { ...hostSetup!.podman!, path: "/bin/false" } });
    const broken = await stack.delivery("drift", [], atGitHub());
    expectExit(broken, 1);
    expect(broken.stderr).toContain(`Whether ${stack.name} is as promised could not be told`);
    expect(saidBy(broken)).not.toMatch(stackTrace);
    expect(api.issues).toEqual([issue]);
    const pullRequest = api.addIssue({ isPullRequest: true });
    const failed = await preview("plan", atGitHub({ GITHUB_REF: "refs/pull/2/merge" }));
    expect(failed.exitCode).not.toBe(0);
    expect(pullRequest.comments[0]?.body).toContain(`## Preview of \`${stack.name}\`: failed`);
  });

  test("of a fork's pull request is not posted, and says so", async () => {
    const event = join(folder, "event.json");
    const repo = (full_name: string) => ({ repo: { full_name } });
    writeFileSync(event, JSON.stringify({ pull_request: { head: repo("mallory/fork"), base: repo(repository) } }));
    const variables = { GITHUB_REPOSITORY: repository, GITHUB_REF: "refs/pull/1/merge", GITHUB_EVENT_PATH: event };
    const planned = await preview("plan", variables);
    expectExit(planned, 0);
    expect(planned.stderr).toContain("The pull request is of a fork, whose runs may write nothing");
    expect(api.calls).toEqual([]);
  });
});

describeWithEngineAndS3("a plan is refused, and nothing is changed,", () => {
  let folder: string;
  let stack: BucketStack;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "groundwork-plans-"));
    stack = await BucketStack.make(folder);
    expectExit(await stack.delivery("preview", ["--out", stack.planFolder()]), 0);
  });
  afterAll(async () => {
    await stack.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A copy of the plan, changed. */
  function copy(name: string, edit: (manifest: PlanManifest) => PlanManifest = (same) => same): string {
    const directory = stack.planFolder(name);
    cpSync(stack.planFolder(), directory, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as PlanManifest;
    const edited = edit(manifest);
    if (edited !== manifest) writeFileSync(join(directory, "manifest.json"), JSON.stringify(edited));
    return directory;
  }

  async function expectRefused(directory: string, reasons: readonly string[], variables: NodeJS.ProcessEnv = {}) {
    const refused = await stack.delivery("apply", ["--plan", directory], variables);
    expectExit(refused, 1);
    expect([...refused.stderr.matchAll(/^ {2}([\w.]+): /gm)].map(([, key]) => key)).toEqual(reasons);
    expect(await stack.containers()).toEqual([]);
  }

  function editPlan(directory: string): string {
    const file = join(directory, "plan.json");
    const edited = readFileSync(file, "utf8").replaceAll("512", "768");
    writeFileSync(file, edited);
    return sha256(edited);
  }

  test("when its file was edited", async () => {
    const directory = copy("edited");
    editPlan(directory);
    await expectRefused(directory, ["plan.json"]);
  });

  test("when its file was edited, and its hash beside it too", async () => {
    const directory = copy("edited-both");
    const planHash = editPlan(directory);
    const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as PlanManifest;
    writeFileSync(join(directory, "manifest.json"), JSON.stringify({ ...manifest, planHash }));
    await expectRefused(directory, ["manifest.json"]);
  });

  test("when a policy refused its preview", async () => {
    const there = await stack.inAnotherCheckout("refused-checkout");
    there.configure({ web: { memory: 512, cpus: 1, environment: { PASSWORD: "in clear for everybody" } } });
    const preview = await there.delivery("preview", ["--out", stack.planFolder("refused")]);
    expectExit(preview, 1);
    expect(preview.stdout).toContain("### Against the policies: 1");
    await expectRefused(stack.planFolder("refused"), ["manifest.json"]);
  });

  test("when another commit is checked out", async () => {
    await expectRefused(copy("commit"), ["commit"], { GITHUB_SHA: "f".repeat(40) });
  });

  test("when it is older than a day", async () => {
    const createdAt = new Date(Date.now() - 25 * 3600 * 1000).toISOString();
    const directory = copy("old", (manifest) => ({ ...manifest, createdAt }));
    const text = readFileSync(join(directory, "manifest.json"), "utf8");
    const storage = new FolderStorage(join(stack.server.bucketFolder, "groundwork"));
    await registerPlan(storage, JSON.parse(text) as PlanManifest, text);
    await expectRefused(directory, ["age"]);
  });

  test("when the state is another by now, or it was applied already", async () => {
    const other = await BucketStack.make(mkdtempSync(join(folder, "other-")));
    try {
      const [one, two] = [other.planFolder("one"), other.planFolder("two")];
      expectExit(await other.delivery("preview", ["--out", one]), 0);
      expectExit(await other.delivery("preview", ["--out", two]), 0);
      expectExit(await other.delivery("apply", ["--plan", one]), 0);
      const changed = await other.delivery("apply", ["--plan", two]);
      const twice = await other.delivery("apply", ["--plan", one]);
      expect([changed.exitCode, twice.exitCode]).toEqual([1, 1]);
      expect(changed.stderr).toContain("state: the state has changed since the plan was made");
      expect(twice.stderr).toContain("applied: the plan was applied already");
    } finally {
      await other.dispose();
    }
  });
});
