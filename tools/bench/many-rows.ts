/** Rows of many instances, and of many projects. */

import pMap from "p-map";
import { statusOfAll } from "./command-rows";
import { podmanRun } from "./engine-rows";
import type { Fixtures } from "./fixtures";
import { atOnce, byRatio, type Row } from "./row";
import { interleave, type Series, type Subject } from "./sampling";

/** A new stack of so many instances; only its `up` is timed, and it is destroyed again. */
function stackUp(fixtures: Fixtures, instances: number): Subject {
  const take = async () => {
    const workspace = await fixtures.newStack(instances);
    const taken = await fixtures.pulumi(workspace, "up", "--yes", "--skip-preview");
    await fixtures.pulumi(workspace, "destroy", "--yes", "--skip-preview");
    return taken;
  };
  return { command: "pulumi up", take };
}

/** As many containers by hand, some at a time. */
async function podmanRuns(fixtures: Fixtures, count: number): Promise<Subject> {
  const { command, take } = await podmanRun(fixtures);
  return {
    command: `${command}, ${String(atOnce)} at a time`,
    take: async () => {
      const started = performance.now();
      await pMap(Array.from({ length: count }), take, { concurrency: atOnce });
      return performance.now() - started;
    },
  };
}

const manyUp: Row = {
  name: "many-up",
  what: "`up` of one stack with many containers",
  goal: { figure: "ratio of medians", atMost: 2, unit: "×" },
  measure: async (fixtures, { longRounds, instances }) => {
    const subjects = [stackUp(fixtures, instances), await podmanRuns(fixtures, instances)];
    return { ...byRatio(await interleave(subjects, longRounds, 0)), note: `${String(instances)} containers` };
  },
};

const manyDrift: Row = {
  name: "many-drift",
  what: "drift over a stack of many instances, beside one",
  goal: { figure: "ratio of medians", atMost: 1.5, unit: "×" },
  measure: async (fixtures, { slowRounds, warmUps, instances }) => {
    const subjectOf = async (count: number): Promise<Subject> => {
      const workspace = await fixtures.stack(count);
      const refresh = () => fixtures.pulumi(workspace, "refresh", "--preview-only", "--expect-no-changes");
      return { command: `pulumi refresh --preview-only (${String(count)})`, take: refresh };
    };
    return byRatio(await interleave([await subjectOf(instances), await subjectOf(1)], slowRounds, warmUps));
  },
};

const projectsAtOnce: Row = {
  name: "projects",
  what: "many projects brought up at once: the time of each in the second half, beside the first quarter",
  goal: { figure: "ratio", atMost: 1.2, unit: "×" },
  measure: async (fixtures, { projects }) => {
    const { endedAt, ports } = await fixtures.crowd(projects);
    const duplicates = ports.length - new Set(ports).size;
    if (duplicates > 0) throw new Error(`${String(duplicates)} ports were given twice`);
    const [quarter, half, all] = [projects / 4, projects / 2, projects].map((count) => endedAt[count - 1] ?? NaN);
    if (quarter === undefined || half === undefined || all === undefined) throw new Error("no project came up");
    const series = (command: string, total: number, count: number): Series => ({
      command,
      unit: "ms",
      values: [total / count],
    });
    const ours = series(`vagrantp up, ${String(atOnce)} at a time`, all - half, projects / 2);
    const peers = [series("the same, first quarter", quarter, projects / 4)];
    const seconds = [quarter, half, all].map((time) => (time / 1000).toFixed(0)).join(", ");
    const note = `${String(projects)} projects, no error, no port twice; a quarter, half and all of them after ${seconds} s`;
    return { ours, peers, figure: (all - half) / (projects / 2) / (quarter / (projects / 4)), note };
  },
};

/** The rows of many. */
export const manyRows: readonly Row[] = [manyUp, manyDrift, projectsAtOnce, statusOfAll];
