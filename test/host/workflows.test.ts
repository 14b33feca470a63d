/** The checkers that know GitHub's workflows find nothing in ours, and do find what is wrong. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { x } from "tinyexec";
import { actionlint, zizmor } from "../../tools/test/workflow-checkers";
import { skipSaying } from "../support/sandbox";
import { useTemporaryFolder } from "../support/temporary-folder";

const root = resolve(__dirname, "..", "..");
const [lint, audit] = [actionlint(), zizmor(root)];
const setUp = "is not here; `make test` sets it up";

jest.setTimeout(60_000);

const folder = useTemporaryFolder();

/** Our workflows in a folder of their own, one of them changed. */
function changed(file: string, change: (text: string) => string): string {
  cpSync(join(root, ".github"), join(folder(), ".github"), { recursive: true });
  // actionlint takes the folder that is a repository for the root.
  mkdirSync(join(folder(), ".git"));
  const path = join(folder(), ".github", "workflows", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
  return folder();
}

async function said(program: string, parameters: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr, exitCode } = await x(program, [...parameters], { nodeOptions: { cwd } });
  return exitCode === 0 ? "" : `${stdout}${stderr}`;
}

(lint === undefined ? skipSaying(`actionlint ${setUp}`) : describe)("actionlint", () => {
  const findings = (checkout: string) => said(lint!, ["-no-color"], checkout);

  test("finds nothing in the workflows", async () => {
    expect(await findings(root)).toBe("");
  });

  test("finds an expression that means nothing", async () => {
    const checkout = changed("drift.yml", (text) => text.replace("matrix.runner", "matrix.host"));
    expect(await findings(checkout)).toContain('property "host" is not defined');
  });
});

(audit === undefined ? skipSaying(`zizmor ${setUp}`) : describe)("zizmor, at its strictest for people", () => {
  const findings = (checkout: string) =>
    said(audit!, ["--offline", "--persona", "pedantic", "--no-progress", "."], checkout);

  test("finds nothing in the workflows and actions", async () => {
    expect(await findings(root)).toBe("");
  });

  test("finds an action that is not pinned", async () => {
    const checkout = changed("test.yml", (text) => text.replace(/checkout@[\da-f]+ # \S+/, "checkout@v7"));
    expect(await findings(checkout)).toContain("unpinned-uses");
  });

  test("finds a text of a stranger's in a command", async () => {
    const run = "run: echo ${{ github.event.pull_request.title }}";
    const checkout = changed("test.yml", (text) => text.replace("run: .ci/run", run));
    expect(await findings(checkout)).toContain("template-injection");
  });
});
