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

/** What the tests said, made once for all rows. */
const said = new WeakMap<Fixtures, string>();

function saidByTests(fixtures: Fixtures): string {
  const known = said.get(fixtures) ?? runTests(fixtures.world.installation.directory);
  said.set(fixtures, known);
  return known;
}

function runTests(directory: string): string {
  const jest = join(directory, "node_modules", "jest", "bin", "jest.js");
  const chosen = ["--selectProjects", "cluster", "--testPathPatterns", "cluster/whole-platform"];
  const parameters = [jest, ...chosen, "--testNamePattern", steps];
  const { status, stderr } = spawnSync(process.execPath, parameters, { cwd: directory, encoding: "utf8" });
  const [, reason] = /^skipped: (.*)$/m.exec(stderr) ?? [];
  if (reason !== undefined) throw new NotMeasurable(reason);
  if (status !== 0) throw new Error(`the tests of a whole platform failed:\n${stderr.slice(-4000)}`);
  return stderr;
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
