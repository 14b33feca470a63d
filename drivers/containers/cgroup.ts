/**
 * The limits that are really in force, and what is used. `podman inspect` goes on showing what a container was made
 * with after a `podman update` (4.3.1, measured), so they are read from the kernel.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Limits in force; 0 means none. */
export interface Limits {
  readonly memoryMiB: number;
  readonly cpus: number;
}

const root = "/sys/fs/cgroup";

/** Version 1 shows "no limit" as the largest number of whole pages. */
const unlimitedBytes = 2 ** 62;

/**
 * Reads the limits of the cgroup at `path`, as `State.CgroupPath` names it; undefined where this
 * host has no such cgroup (a Podman machine, another user's).
 *
 * Version 2 (memory.max, cpu.max): https://docs.kernel.org/admin-guide/cgroup-v2.html,
 * version 1: https://docs.kernel.org/admin-guide/cgroup-v1/memory.html.
 */
export function readLimits(path: string): Limits | undefined {
  if (path === "") return undefined;
  return readVersion2(join(root, path)) ?? readVersion1(path);
}

function readVersion2(directory: string): Limits | undefined {
  const memory = readText(join(directory, "memory.max"));
  if (memory === undefined) return undefined;
  const [quota = "max", period = "100000"] = (readText(join(directory, "cpu.max")) ?? "max").split(" ");
  return { memoryMiB: memory === "max" ? 0 : toMiB(memory), cpus: quota === "max" ? 0 : toCpus(quota, period) };
}

function readVersion1(path: string): Limits | undefined {
  const memory = readText(join(root, "memory", path, "memory.limit_in_bytes"));
  if (memory === undefined) return undefined;
  const quota = readText(join(root, "cpu", path, "cpu.cfs_quota_us")) ?? "-1";
  const period = readText(join(root, "cpu", path, "cpu.cfs_period_us")) ?? "100000";
  return {
    memoryMiB: Number(memory) >= unlimitedBytes ? 0 : toMiB(memory),
    cpus: Number(quota) < 0 ? 0 : toCpus(quota, period),
  };
}

/** What a cgroup has used. */
export interface Consumption {
  readonly memoryMiB: number;
  /** Of all processors together, since it began. */
  readonly cpuSeconds: number;
}

/**
 * What the cgroup at `path` uses; undefined where this host has no such cgroup. Caches of files that were not used
 * lately do not count as memory: the kernel gives them back before it refuses.
 */
export function readConsumption(path: string): Consumption | undefined {
  if (path === "") return undefined;
  const version2 = { memory: join(root, path), used: "memory.current", cache: "inactive_file" };
  const version1 = { memory: join(root, "memory", path), used: "memory.usage_in_bytes", cache: "total_inactive_file" };
  for (const { memory, used, cache } of [version2, version1]) {
    const bytes = readText(join(memory, used));
    if (bytes === undefined) continue;
    const cached = valueOf(cache, readText(join(memory, "memory.stat")));
    return { memoryMiB: toMiB(String(Number(bytes) - cached)), cpuSeconds: readCpuSeconds(path) };
  }
  return undefined;
}

function readCpuSeconds(path: string): number {
  const version2 = readText(join(root, path, "cpu.stat"));
  if (version2 !== undefined) return valueOf("usage_usec", version2) / 1e6;
  return Number(readText(join(root, "cpuacct", path, "cpuacct.usage")) ?? 0) / 1e9;
}

/** The number beside a name, in a file of `name number` lines. */
function valueOf(name: string, text: string | undefined): number {
  const line = text?.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}

function toMiB(bytes: string): number {
  return Math.round(Number(bytes) / 2 ** 20);
}

function toCpus(quota: string, period: string): number {
  return Math.round((Number(quota) / Number(period)) * 100) / 100;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
