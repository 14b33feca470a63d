/** Our own containers.conf, for a host where the system's container runtime does not work. Pure. */

/** What this host allows and has. */
export interface ContainersConfFacts {
  /** The hard limits of this process; a container's may not exceed them. */
  readonly openFiles: number;
  readonly processes: number;
  /** Without it, Podman would take up a CNI configuration that Debian leaves behind without its plugins. */
  readonly hasNetavark: boolean;
}

const softLimit = 4096;
const hardLimit = 8192;

/**
 * runc in place of crun, cgroups and events without systemd, and limits that this host allows:
 * where raising a limit is refused, Podman's own default (1,048,576 files) starts no container.
 */
export function containersConf(facts: ContainersConfFacts): string {
  const limits = [limit("nofile", facts.openFiles), limit("nproc", facts.processes)];
  const network = facts.hasNetavark ? ["", "[network]", 'network_backend = "netavark"'] : [];
  return [
    "# Written by Groundwork's set-up: the system's container runtime does not work on this host.",
    "[containers]",
    `default_ulimits = [${limits.map((text) => JSON.stringify(text)).join(", ")}]`,
    "",
    "[engine]",
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    ...network,
    "",
  ].join("\n");
}

function limit(name: string, allowed: number): string {
  return `${name}=${String(Math.min(softLimit, allowed))}:${String(Math.min(hardLimit, allowed))}`;
}

/** A hard limit in /proc/self/limits, such as `Max open files`; Infinity when it is unlimited or not listed. */
export function hardLimitOf(limits: string, name: string): number {
  const line = limits.split("\n").find((candidate) => candidate.startsWith(name));
  // Name, soft limit, hard limit and unit stand in columns; only the name holds single spaces.
  const hard = line?.slice(name.length).trim().split(/\s+/)[1];
  return hard === undefined || hard === "unlimited" ? Infinity : Number(hard);
}
