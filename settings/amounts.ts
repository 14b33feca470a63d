/** Amounts: memory, disk and CPUs. Units are binary: `g`, `GB` and `GiB` are the same 1024 MiB. */

import { accepted, problem, refused, type Parsed } from "./values";

/** What an instance gets where nothing is said. */
export const defaultAmounts = { memoryMiB: 2048, cpus: 2, diskGiB: 20 } as const;

const leastMemoryMiB = 512;
const mostMemoryMiB = 16 * 1024 * 1024;
const leastDiskGiB = 5;
const mostDiskGiB = 64 * 1024;
const mostCpus = 1024;

/** What MEMORY may be, in words. */
export const memoryAllowed =
  "a whole number of MiB (2048), or a number with M, MB, MiB, G, GB or GiB (2g, 1.5G), from 512 MiB to 16 TiB";
/** What CPUS may be, in words. */
export const cpusAllowed = "a number from 1 to 1024 with at most 2 decimals (2, 1.5)";
/** What DISK_SIZE may be, in words. */
export const diskAllowed = "a whole number of GiB (20), or one with G, GB or GiB (20g), from 5 GiB to 64 TiB";

const wholeOrDecimal = String.raw`(?:0|[1-9]\d*)(?:\.\d+)?`;
const memoryPattern = new RegExp(`^(${wholeOrDecimal})(m|mb|mib|g|gb|gib)?$`, "i");
const diskPattern = /^(0|[1-9]\d*)(?:g|gb|gib)?$/i;
const cpusPattern = /^(?:0|[1-9]\d*)(?:\.\d{1,2})?$/;

/** Memory in MiB. A plain number means MiB; decimals are allowed with G where they give whole MiB. */
export function parseMemory(text: string): Parsed<number> {
  const match = memoryPattern.exec(text);
  if (match === null) return refused(problem(text, "is not an amount of memory", memoryAllowed));
  const [, digits = "", unit = ""] = match;
  const inGiB = unit.toLowerCase().startsWith("g");
  const memoryMiB = Number(digits) * (inGiB ? 1024 : 1);
  if (memoryMiB > mostMemoryMiB) {
    const hint = unit === "" ? " (a plain number means MiB)" : "";
    return refused(problem(text, `is more than 16 TiB${hint}`, memoryAllowed));
  }
  if (!Number.isInteger(memoryMiB) || hasTooManyDecimals(digits) || (!inGiB && digits.includes("."))) {
    return refused(problem(text, "is not a whole number of MiB", memoryAllowed));
  }
  if (memoryMiB < leastMemoryMiB) return refused(problem(text, "is less than 512 MiB", memoryAllowed));
  return accepted(memoryMiB);
}

/** A whole number of MiB has at most 10 decimals in GiB (1/1024 has 10); with more, a number would be rounded to one. */
function hasTooManyDecimals(digits: string): boolean {
  return /\.\d{10}\d*[1-9]/.test(digits);
}

/** CPUs as a decimal number. */
export function parseCpus(text: string): Parsed<number> {
  if (!cpusPattern.test(text)) return refused(problem(text, "is not a number of CPUs", cpusAllowed));
  const cpus = Number(text);
  if (cpus < 1) return refused(problem(text, "is less than 1", cpusAllowed));
  if (cpus > mostCpus) return refused(problem(text, "is more than 1024", cpusAllowed));
  return accepted(cpus);
}

/** A disk's size in GiB. A plain number means GiB. */
export function parseDiskSize(text: string): Parsed<number> {
  const match = diskPattern.exec(text);
  if (match === null) return refused(problem(text, "is not the size of a disk", diskAllowed));
  const diskGiB = Number(match[1]);
  if (diskGiB < leastDiskGiB) return refused(problem(text, "is less than 5 GiB", diskAllowed));
  if (diskGiB > mostDiskGiB) return refused(problem(text, "is more than 64 TiB", diskAllowed));
  return accepted(diskGiB);
}
