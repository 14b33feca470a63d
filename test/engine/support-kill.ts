/** Kills a chosen process of a run of `vagrantp` at a chosen point of its life. */

import { readdirSync, readFileSync } from "node:fs";
import type { Sandbox } from "../support/sandbox";
import { startVagrantp } from "./support-running";

/** The programs that take part in a run, and how each is told by its command line. */
const programs = {
  vagrantp: /dist\/launch\.js vagrantp/,
  engine: /^pulumi /,
  "language host": /language-nodejs-host /,
  "command plugin": /pulumi-resource-command/,
  "groundwork plugin": /dist\/launch\.js plugin/,
  actuator: /dist\/launch\.js actuator/,
  podman: /^\S*podman /,
} as const;

/** What is killed. */
export type Victim = keyof typeof programs;

/** Every {@link Victim}. */
export const victims = Object.keys(programs) as readonly Victim[];

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its arguments, joined by blanks. */
  readonly command: string;
}

function allProcesses(): readonly Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    const stat = read(`/proc/${name}/stat`);
    // The program's name, in brackets, may itself hold spaces and brackets.
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = read(`/proc/${name}/cmdline`).replaceAll("\0", " ");
    return command === "" ? [] : [{ pid: Number(name), parent: Number(parent), command }];
  });
}

/** Empty for a process that is gone by now. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** A process and all that it started, by way of their parents. */
function treeOf(root: number): readonly Process[] {
  const all = allProcesses();
  const own = new Set([root]);
  for (let before = 0; before < own.size;) {
    before = own.size;
    for (const { pid, parent } of all) if (own.has(parent)) own.add(pid);
  }
  return all.filter(({ pid }) => own.has(pid));
}

/**
 * What ends by itself, though later: Podman's name server, which the first container of a host starts, serves the networks
 * of all others; Pulumi's language host looks every five minutes whether its engine is there
 * (sdk/go/common/util/rpcutil/healthcheck.go).
 */
const othersOwn = /\/aardvark-dns |\/language-nodejs-host /;

/** The command lines of what still runs with the sandbox's home in its environment and would run for ever. */
export function commandsOf(sandbox: Sandbox): readonly string[] {
  const own = `GROUNDWORK_HOME=${sandbox.home.root}\0`;
  return allProcesses()
    .filter(({ pid, command }) => read(`/proc/${pid}/environ`).includes(own) && !othersOwn.test(command))
    .map(({ command }) => command);
}

/**
 * Runs `vagrantp` in a project, waits until the victim has lived for so long, and kills it with SIGKILL.
 *
 * @returns whether it was still there to be killed
 */
export async function runAndKill(
  sandbox: Sandbox,
  directory: string,
  parameters: readonly string[],
  victim: Victim,
  afterMs: number,
): Promise<boolean> {
  const { process: child, ended } = startVagrantp(sandbox, directory, ...parameters);
  const find = () => findVictim(child.pid!, victim);
  const due = async (): Promise<number | undefined> => {
    let firstSeen: number | undefined;
    while (child.exitCode === null && child.signalCode === null) {
      const pid = find();
      if (pid !== undefined) firstSeen ??= performance.now();
      if (firstSeen !== undefined && performance.now() - firstSeen >= afterMs) return pid;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return undefined;
  };
  const pid = await due();
  const killed = pid !== undefined && kill(pid);
  // Whoever kills `vagrantp` itself has nothing to wait for.
  if (!(killed && victim === "vagrantp")) await ended;
  return killed;
}

/** The process of a victim among what a process started, or undefined. */
export function findVictim(root: number, victim: Victim): number | undefined {
  return treeOf(root).find(({ command }) => programs[victim].test(command))?.pid;
}

/** Kills a process and all that it started, with SIGKILL. */
export function killAll(root: number): void {
  for (const { pid } of treeOf(root)) kill(pid);
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
