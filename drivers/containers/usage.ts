/** What containers use now: the kernel's counters, read twice. */

import { setTimeout } from "node:timers/promises";
import type { Usage } from "../driver";
import { readConsumption } from "./cgroup";

/**
 * Milliseconds between the two readings. `podman stats --no-stream` shows the average since the start (4.3.1, measured),
 * and `docker stats` takes two seconds.
 */
const interval = 100;

/** What the cgroups at these paths use, in their order; undefined where there is none. */
export async function readUsage(paths: readonly string[]): Promise<readonly (Usage | undefined)[]> {
  const before = paths.map((path) => readConsumption(path));
  if (before.every((reading) => reading === undefined)) return paths.map(() => undefined);
  const startedAt = performance.now();
  await setTimeout(interval);
  const seconds = (performance.now() - startedAt) / 1000;
  return paths.map((path, index) => {
    const [first, last] = [before[index], readConsumption(path)];
    if (first === undefined || last === undefined) return undefined;
    const cpuPercent = Math.round(((last.cpuSeconds - first.cpuSeconds) / seconds) * 100);
    return { memoryMiB: last.memoryMiB, cpuPercent: Math.max(cpuPercent, 0) };
  });
}
