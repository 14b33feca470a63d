/** What every workflow keeps to, read from their files. What a checker knows by itself is in test/host/workflows.test.ts. */

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lokiVariables } from "../../../delivery/audit/loki";
import { forgetEmptySecrets, passedSecrets } from "../../../delivery/empty-secrets";
import { readYaml, workflows, type Job, type Step } from "../../support/workflow";
import { root } from "../docs/markdown";

const all = Object.entries(workflows(root));
const jobs = all.flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => [`${file} ${name}`, job] as const),
);
const files = globSync(".github/{workflows,actions}/**/*.yml", { cwd: root }).sort();
const texts = files.map((file) => [file, readFileSync(join(root, file), "utf8")] as const);

function stepsOf(file: string): readonly Step[] {
  const { jobs = {}, runs } = readYaml(root, file) as { jobs?: Record<string, Job>; runs?: { steps: Step[] } };
  return runs?.steps ?? Object.values(jobs).flatMap(({ steps }) => steps);
}

test("there is one for each thing that happens", () => {
  expect(all.map(([file]) => file)).toEqual(
    ["apply", "drift", "preview", "test"].map((name) => `.github/workflows/${name}.yml`),
  );
});

test.each(texts)("%s pins every action by its commit, and says which version that is", (_, text) => {
  const foreign = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)]
    .map(([, uses = ""]) => uses)
    .filter((uses) => !uses.startsWith("./"));
  for (const uses of foreign) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
});

test("an action has one commit wherever it is used", () => {
  const pins = texts.flatMap(([, text]) => [...text.matchAll(/uses: ([\w-]+\/[\w-]+)@(.+)$/gm)]);
  const byAction = new Map<string, Set<string>>();
  for (const [, action = "", pin = ""] of pins) byAction.set(action, (byAction.get(action) ?? new Set()).add(pin));
  expect([...byAction].filter(([, found]) => found.size > 1)).toEqual([]);
});

test.each(files)("%s is thin: a step runs one command of ours, which runs by hand too", (file) => {
  const commands = stepsOf(file).flatMap(({ run }) => (run === undefined ? [] : [run]));
  for (const command of commands) {
    expect(command).toMatch(
      /^(make [a-z-]+|\.ci\/run|bin\/delivery [a-z]+ --stack [^\n;&|]+( \|\| test \$\? -eq 7)?)$/,
    );
  }
});

test.each(all)("%s gives no permission to what does not ask for it", (_, workflow) => {
  expect(workflow.permissions).toEqual({});
});

test.each(jobs)("%s says what it may, and writes no more than comments and issues", (_, { permissions = {} }) => {
  expect(permissions["contents"]).toBe("read");
  const written = Object.entries(permissions).filter(([, right]) => right !== "read");
  expect(written.filter(([scope]) => !["issues", "pull-requests"].includes(scope))).toEqual([]);
});

test.each(jobs)("%s has a limit of time", (_, job) => {
  expect(job["timeout-minutes"]).toBeGreaterThan(0);
});

test.each(all)("%s cancels nothing that has begun", (_, { concurrency, jobs: own }) => {
  const groups = [concurrency, ...Object.values(own).map((job) => job.concurrency)].filter((one) => one !== undefined);
  expect(groups.length).toBeGreaterThan(0);
  for (const group of groups) expect(group["cancel-in-progress"]).toBe(false);
});

test.each(jobs)("%s has secrets from an environment, or none", (_, job) => {
  const usesSecrets = JSON.stringify(job).includes("${{ secrets.");
  expect(usesSecrets).toBe(job.environment !== undefined);
});

test("a secret that an environment does not have is none, and not an empty one", () => {
  const passed = texts.flatMap(([, text]) => [...text.matchAll(/\$\{\{ secrets\.(\w+) \}\}/g)].map(([, name]) => name));
  expect([...new Set(passed)].sort()).toEqual([...passedSecrets].sort());
  const env = { PULUMI_CONFIG_PASSPHRASE: "", LINODE_TOKEN: "abc", HOME: "" };
  forgetEmptySecrets(env);
  expect(env).toEqual({ LINODE_TOKEN: "abc", HOME: "" });
});

test("the address of Loki, a variable, and its login, secrets, are given to the steps that write the audit, and to no other", () => {
  const steps = jobs.flatMap(([job, { steps: own }]) => own.map((step) => [`${job}: ${step.name}`, step] as const));
  const ofLoki = ({ env = {} }: Step) => Object.fromEntries(Object.entries(env).filter(([name]) => /LOKI/.test(name)));
  const given = Object.fromEntries(steps.map(([name, step]) => [name, ofLoki(step)]));
  const told = Object.entries(given).filter(([, env]) => Object.keys(env).length > 0);
  const login = Object.fromEntries(
    [lokiVariables.user, lokiVariables.password].map((name) => [name, `\${{ secrets.${name} }}`]),
  );
  const all = { [lokiVariables.url]: `\${{ vars.${lokiVariables.url} }}`, ...login };
  const file = ".github/workflows/apply.yml";
  expect(Object.fromEntries(told)).toEqual({ [`${file} dev: Apply`]: all, [`${file} apply: Apply`]: all });
});

test.each(texts)("%s runs nothing of a fork's with rights of ours", (_, text) => {
  expect(text).not.toMatch(/pull_request_target|workflow_run/);
});

test("a pull request of a fork reaches no job with secrets", () => {
  const preview = jobs.find(([name]) => name.endsWith("preview.yml preview"))?.[1];
  expect(preview?.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
});

test("jobs of the stack of one host run on that host", () => {
  const own = [
    ...jobs.filter(([, { environment }]) => environment === "dev").map(([, job]) => job["runs-on"]),
    ...jobs
      .flatMap(([, { strategy }]) => strategy?.matrix.include ?? [])
      .filter(({ stack }) => stack === "dev")
      .map(({ runner }) => runner),
  ];
  expect(own).toHaveLength(3);
  for (const labels of own) expect(labels).toEqual(["self-hosted", "groundwork-dev"]);
});

test("production is applied by a plan that another job made, in an environment of its own", () => {
  const { apply } = workflows(root)[".github/workflows/apply.yml"]!.jobs;
  expect(apply).toMatchObject({ needs: "plan", environment: "prod" });
});

test("the cache is keyed by the files that lock what is in it, and holds nothing of a home but plugins", () => {
  const [cache] = stepsOf(".github/actions/set-up/action.yml");
  expect(cache?.with?.["key"]).toContain(
    "hashFiles('package-lock.json', 'tools/**/go.sum', 'tools/**/requirements.txt')",
  );
  const paths = String(cache?.with?.["path"]).trim().split("\n");
  expect(paths).toEqual(["~/.npm", "~/.cache/groundwork", "~/.local/state/groundwork/pulumi/plugins"]);
});
