/** This machine's identity, as far as the system has one. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const machineIdFiles = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
const hostIdLength = 12;

/**
 * The system's machine id; undefined where it has none.
 *
 * @param sources the files that may hold it, first wins. @default those of machine-id(5) and D-Bus
 */
export function readMachineId(sources: readonly string[] = machineIdFiles): string | undefined {
  return sources.map(readIfThere).find((text) => text !== "");
}

/**
 * The identity that goes with a machine id: 12 hexadecimal digits. A hash with a prefix of our own, because
 * machine-id(5) asks that the id itself be kept confidential.
 */
export function hashMachineId(machineId: string): string {
  return createHash("sha256").update(`groundwork host ${machineId}`).digest("hex").slice(0, hostIdLength);
}

/** The trimmed text of a file; empty when it is absent or cannot be read. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
