/**
 * Rows of a whole platform, by the real plugins of Kubernetes and Linode on an API server whose nodes are played. The tests
 * have that world and say how long each step took: what is measured is one run of theirs.
 */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Fixtures } from "./fixtures";
import { byMaximum, NotMeasurable, type Row } from "./row";

/** The tests whose steps are the rows. */
const steps = "^a platform (is unchanged by a second|has not drifted right after|keeps its state)";

type TestRun = ReturnType<typeof runTests>;

/** The tests' run, made once for all rows, however it ends. */
const runs = new WeakMap<Fixtures, TestRun>();

function saidByTests(fixtures: Fixtures): string {
  const run = runs.get(fixtures) ?? runTests(fixtures.world.installation.directory);
  runs.set(fixtures, run);
  const [, reason] = /^skipped: (.*)$/m.exec(run.stderr) ?? [];
  if (reason !== undefined) throw new NotMeasurable(reason);
  if (run.status !== 0) throw new Error(`the tests of a whole platform failed:\n${run.stderr.slice(-4000)}`);
  return run.stderr;
}

function runTests(directory: string) {
  const jest = join(directory, "node_modules", "jest", "bin", "jest.js");
  const chosen = ["--selectProjects", "cluster", "--testPathPatterns", "cluster/whole-platform"];
  const parameters = [jest, ...chosen, "--testNamePattern", steps];
  return spawnSync(process.execPath, parameters, { cwd: directory, encoding: "utf8" });
}

/** @param step as the tests name it */
function platformRow(name: string, what: string, command: string, step: string, atMostSeconds: number): Row {
  return {
    name,
    what,
    goal: { figure: "time", atMost: atMostSeconds * 1000, unit: "ms" },
    measure: (fixtures) => {
      const text = saidByTests(fixtures);
      const [, seconds] = new RegExp(`^whole platform: ${step}: ([\\d.]+) s$`, "m").exec(text) ?? [];
      const [, state] = /^whole platform: state: (.*)$/m.exec(text) ?? [];
      if (seconds === undefined || state === undefined) throw new Error(`the tests did not say how long ${step} took`);
      const measurement = byMaximum([{ command, unit: "ms", values: [Number(seconds) * 1000] }]);
      return Promise.resolve({ ...measurement, note: `a state of ${state}` });
    },
  };
}

/** The rows of a whole platform. */
export const wholePlatformRows: readonly Row[] = [
  platformRow("whole-platform-first", "a whole platform, made", "pulumi up", "the first up", 45),
  platformRow("whole-platform-unchanged", "`up` of one where nothing has changed", "pulumi up", "up", 7),
  platformRow("whole-platform-drift", "drift of one", "pulumi refresh --preview-only", "refresh", 4),
];
