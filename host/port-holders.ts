/** Which processes have ports of this host open. */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { platform } from "node:os";
import { basename } from "node:path";
import { hostPortKey } from "./promises";
import type { HostPort, PortHolder } from "./promises";

/**
 * Finds the process behind each taken port, as far as this user may see.
 *
 * @returns by hostPortKey; a port is absent when its owner is hidden
 */
export function findPortHolders(ports: readonly HostPort[]): ReadonlyMap<string, PortHolder> {
  return platform() === "linux" ? findOnLinux(ports) : findByLsof(ports);
}

/** One socket of /proc/net. */
interface SocketEntry {
  readonly port: number;
  readonly inode: string;
}

/** States in /proc/net: a TCP socket that listens, a UDP socket that is bound. */
const openStates = { tcp: "0A", udp: "07" } as const;

/** The listening sockets in the text of /proc/net/{tcp,tcp6,udp,udp6} (proc_pid_net(5)). */
export function parseSocketTable(text: string, protocol: HostPort["protocol"]): SocketEntry[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === openStates[protocol])
    .map((fields) => ({ port: Number.parseInt(fields[1]?.split(":")[1] ?? "", 16), inode: fields[9] ?? "" }));
}

/** The first process in the output of `lsof -F pcn`. */
export function parseLsof(text: string): PortHolder | undefined {
  const lines = text.split("\n");
  const pid = lines.find((line) => line.startsWith("p"))?.slice(1);
  const command = lines.find((line) => line.startsWith("c"))?.slice(1);
  return pid === undefined || command === undefined ? undefined : { pid: Number(pid), command };
}

function findOnLinux(ports: readonly HostPort[]): ReadonlyMap<string, PortHolder> {
  const keysByLink = new Map<string, string[]>();
  for (const port of ports) {
    for (const { inode } of openSockets(port.protocol).filter((socket) => socket.port === port.port)) {
      const link = `socket:[${inode}]`;
      keysByLink.set(link, [...(keysByLink.get(link) ?? []), hostPortKey(port)]);
    }
  }
  const holders = new Map<string, PortHolder>();
  for (const pid of keysByLink.size === 0 ? [] : listProcesses()) {
    for (const key of openLinks(pid).flatMap((link) => keysByLink.get(link) ?? [])) {
      // The oldest process counts: children inherit sockets.
      if (!holders.has(key)) {
        holders.set(key, { pid, command: commandOf(pid) });
      }
    }
  }
  return holders;
}

function openSockets(protocol: HostPort["protocol"]): SocketEntry[] {
  return [protocol, `${protocol}6`].flatMap((table) => parseSocketTable(read(`/proc/net/${table}`), protocol));
}

function listProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** What a process has open; nothing when it is another user's, or gone. */
function openLinks(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return readdirSync(directory).flatMap((name) => {
      try {
        return [readlinkSync(`${directory}/${name}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** The program's file name: what a process calls itself may be a thread's name ("MainThread" for Node). */
function commandOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, "");
  } catch {
    return read(`/proc/${pid}/comm`).trim() || "a process";
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function findByLsof(ports: readonly HostPort[]): ReadonlyMap<string, PortHolder> {
  const found = ports.map((port) => [hostPortKey(port), askLsof(port)] as const);
  return new Map(found.filter((pair): pair is [string, PortHolder] => pair[1] !== undefined));
}

function askLsof({ protocol, port }: HostPort): PortHolder | undefined {
  const filter = protocol === "tcp" ? [`-iTCP:${port}`, "-sTCP:LISTEN"] : [`-iUDP:${port}`];
  try {
    return parseLsof(execFileSync("lsof", ["-nP", ...filter, "-F", "pcn"], { encoding: "utf8", stdio: "pipe" }));
  } catch {
    return undefined;
  }
}
