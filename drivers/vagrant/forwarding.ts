/**
 * The ports of a machine: one ssh of ours in the background forwards all of them. Nobody supervises it: what has gone is
 * seen by the sensor, and the next `up` starts it again.
 */

import { readFileSync, rmSync } from "node:fs";
import { x } from "tinyexec";
import { GroundworkError } from "../../settings/errors";
import type { LeasedPort } from "../../settings/instance-spec";
import { dial, type Place } from "./dial";
import type { MachineFolder } from "./machine-folder";

/**
 * Forwards these ports, and ends what forwarded others before.
 *
 * @throws PORT_CONFLICT where one is taken
 */
export async function startForwarding(
  folder: MachineFolder,
  name: string,
  ports: readonly LeasedPort[],
): Promise<void> {
  await stopForwarding(folder, name);
  if (ports.length === 0) return;
  const log = `${folder.controlSocket}.log`;
  rmSync(log, { force: true });
  const background = ["-f", "-N", "-M", "-S", folder.controlSocket, "-E", log];
  const options = ["-o", "ExitOnForwardFailure=yes", "-o", "BatchMode=yes", "-o", "ControlPersist=no"];
  const forwards = ports.flatMap((port) => ["-L", forwardOf(port)]);
  const { exitCode } = await x("ssh", ["-F", folder.sshConfig, ...background, ...options, ...forwards, name], {
    // The ssh that stays must not keep our own streams open.
    nodeOptions: { stdio: "ignore" },
  });
  if (exitCode === 0) return;
  const reason = readLog(log);
  const isTaken = /address already in use|cannot listen to port/i.test(reason);
  const told = `${name}: its ports could not be forwarded: ${reason}`;
  throw new GroundworkError(isTaken ? "PORT_CONFLICT" : "SSH_CONNECTION_FAILED", told);
}

/** Ends the forwarding; none is fine. */
export async function stopForwarding(folder: MachineFolder, name: string): Promise<void> {
  if (!(await answers({ path: folder.controlSocket }))) {
    rmSync(folder.controlSocket, { force: true });
    return;
  }
  await x("ssh", ["-F", folder.sshConfig, "-S", folder.controlSocket, "-O", "exit", name]);
}

/** Which of these ports, spelled by `formatPort`, are forwarded now. */
export async function forwardedPorts(folder: MachineFolder, ports: readonly string[]): Promise<readonly string[]> {
  if (ports.length === 0 || !(await answers({ path: folder.controlSocket }))) return [];
  const answered = await Promise.all(ports.map((port) => answers(endOf(port))));
  return ports.filter((_port, index) => answered[index]);
}

function forwardOf({ address, host, inside }: LeasedPort): string {
  const shown = address.includes(":") ? `[${address}]` : address;
  return `${shown}:${String(host)}:localhost:${String(inside)}`;
}

/** The host's end of a port: where it is bound to all addresses, one of them. */
function endOf(port: string): Place {
  const [, address = "", number = ""] = /^\[?([^\]]*?)\]?:(\d+):\d+\/\w+$/.exec(port) ?? [];
  const anywhere: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  return { host: anywhere[address] ?? address, port: Number(number) };
}

async function answers(place: Place): Promise<boolean> {
  return (await dial(place, 1000)) === "answered";
}

function readLog(file: string): string {
  try {
    return readFileSync(file, "utf8").trim().split("\n").at(0) ?? "";
  } catch {
    return "ssh said nothing";
  }
}
