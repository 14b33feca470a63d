/** Which process is which: a pid alone is used again by the system, a pid with its start time is not. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { platform } from "node:os";
import { basename } from "node:path";

/** One process, for as long as this host runs. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a spelling of the system's own; compared, never parsed. */
  readonly started: string;
}

/** The identity of a running process; undefined when there is none with that pid. @default this process */
export function identifyProcess(pid: number = process.pid): ProcessIdentity | undefined {
  const started = platform() === "linux" ? startOnLinux(pid) : startElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** This process. Where the system does not tell when it started, its pid has to do. */
export function thisProcess(): ProcessIdentity {
  return identifyProcess() ?? { pid: process.pid, started: "" };
}

/** The name of the program that a process runs, without its path; undefined when there is no such process. */
export function programOf(pid: number): string | undefined {
  if (identifyProcess(pid) === undefined) return undefined;
  try {
    if (platform() === "linux") return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    return basename(execFileSync("ps", ["-o", "comm=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim());
  } catch {
    return undefined;
  }
}

/** Whether this very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/**
 * The start in clock ticks since boot (proc_pid_stat(5), field 22), after the boot's own id: services often get the
 * same pid at the same tick of the next boot. A zombie (state Z) or dead process (X) runs no more.
 */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command, in brackets, may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, ticks] = [fields[0], fields[19]];
    if (state === "Z" || state === "X" || ticks === undefined) {
      return undefined;
    }
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${ticks}`;
  } catch {
    return undefined;
  }
}

function startElsewhere(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env, stdio: "pipe" });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}
