/** What this host has to give. */
import { availableParallelism, freemem, platform, totalmem } from "node:os";

const bytesPerMiB = 1024 * 1024;
const defaultReserveMiB = 512;

/** What a user may say about this host: `host.memoryMiB` and `host.reserveMiB` in stack config. */
export interface CapacitySettings {
  /** Memory to count with in place of what the host reports; for odd hosts and for tests. @default the host's memory */
  readonly memoryMiB?: number | undefined;
  /** Memory kept for the host itself. @default 512 */
  readonly reserveMiB?: number | undefined;
}

/** What this host has. */
export interface HostCapacity {
  readonly totalMiB: number;
  /** Memory that programs can take now without swapping. */
  readonly availableMiB: number;
  /** Memory that is never promised. */
  readonly reserveMiB: number;
  readonly cpus: number;
}

/** What the operating system reports, in bytes. */
export interface MemoryReading {
  readonly totalBytes: number;
  /** Undefined where the system does not say what could be freed. */
  readonly availableBytes: number | undefined;
  /** The limit of this process's control group; 0 or more than the total where there is none. */
  readonly limitBytes: number;
}

/** Asks the operating system what this host has; `settings` overrule it. */
export function hostCapacity(settings: CapacitySettings = {}): HostCapacity {
  return capacityFrom(readMemory(), availableParallelism(), settings);
}

/** The same for another machine, such as Podman's virtual one on macOS, which tells its total alone. */
export function capacityElsewhere(
  { totalBytes, cpus }: { readonly totalBytes: number; readonly cpus: number },
  settings: CapacitySettings = {},
): HostCapacity {
  return capacityFrom({ totalBytes, availableBytes: undefined, limitBytes: 0 }, cpus, settings);
}

/** The same as {@link hostCapacity}, from a given reading. */
export function capacityFrom(reading: MemoryReading, cpus: number, settings: CapacitySettings): HostCapacity {
  const reserveMiB = settings.reserveMiB ?? defaultReserveMiB;
  if (settings.memoryMiB !== undefined) {
    return { totalMiB: settings.memoryMiB, availableMiB: settings.memoryMiB, reserveMiB, cpus };
  }
  const limited = reading.limitBytes > 0 && reading.limitBytes < reading.totalBytes;
  const totalBytes = limited ? reading.limitBytes : reading.totalBytes;
  const availableBytes = Math.min(reading.availableBytes ?? totalBytes, totalBytes);
  return { totalMiB: toMiB(totalBytes), availableMiB: toMiB(availableBytes), reserveMiB, cpus };
}

/**
 * On Linux `os.freemem()` is MemAvailable (measured on Node 20 and 24). Elsewhere it counts free pages alone, which is
 * far too little to judge by, so nothing is said.
 */
function readMemory(): MemoryReading {
  return {
    totalBytes: totalmem(),
    availableBytes: platform() === "linux" ? freemem() : undefined,
    limitBytes: process.constrainedMemory(),
  };
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / bytesPerMiB);
}
