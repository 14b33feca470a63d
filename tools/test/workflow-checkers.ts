/** The checkers of GitHub's workflows for the tests: https://github.com/rhysd/actionlint and https://docs.zizmor.sh */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { makeOnce } from "../rootfs/make-once";
import { runStage, say } from "../setup/processes";
import { pythonPrograms, setUpPythonEnvironment, type PythonEnvironment } from "../setup/python-environment";

const actionlintVersion = "v1.7.7";

function actionlintFolder(): string {
  return join(cacheFolder(), "actionlint", actionlintVersion);
}

function zizmorIn(checkout: string): PythonEnvironment {
  const requirements = join(checkout, "tools", "workflow-checkers", "requirements.txt");
  return { name: "zizmor", requirements, leastPython: "3.10" };
}

/** The path of actionlint; undefined where it was not set up. */
export function actionlint(): string | undefined {
  const program = join(actionlintFolder(), "actionlint");
  return existsSync(program) ? program : undefined;
}

/** The path of zizmor; undefined where it was not set up. */
export function zizmor(checkout: string): string | undefined {
  const programs = pythonPrograms(zizmorIn(checkout));
  return programs === undefined ? undefined : join(programs, "zizmor");
}

/** Sets both up, unless they are there. Says in a line why one is not, where that cannot be. */
export async function setUpWorkflowCheckers(checkout: string): Promise<void> {
  await sayWhyNot("actionlint", installActionlint);
  await sayWhyNot("zizmor", () => setUpPythonEnvironment(zizmorIn(checkout)));
}

async function installActionlint(): Promise<void> {
  await makeOnce({
    what: "actionlint",
    folder: actionlintFolder(),
    // With what Go compiles on the way.
    roomMiB: 256,
    root: [],
    make: async (draft) => {
      const module = `github.com/rhysd/actionlint/cmd/actionlint@${actionlintVersion}`;
      const env = { GOBIN: draft };
      await runStage("actionlint: building it", "go", ["install", module], { env });
    },
  });
}

async function sayWhyNot(name: string, setUp: () => Promise<unknown>): Promise<void> {
  try {
    await setUp();
  } catch (error) {
    say(`${name}: not there for the tests: ${messageOf(error)}`);
  }
}
