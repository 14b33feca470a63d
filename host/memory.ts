/** The admission rule of memory. Pure. */
import type { HostCapacity } from "./capacity";
import { nameEntry, toHolder } from "./holders";
import type { InstancePromise } from "../settings/instance-promise";
import type { LeaseRequest, LedgerEntry, Refusal } from "./promises";

/**
 * A stack's running instances must fit into `total - reserve - what other stacks' running instances hold`, and what
 * they need beyond what the stack holds already must be available now. A stack that asks for no more than it holds
 * is never refused: its promise stands, even when the host has shrunk since.
 *
 * @returns one refusal or none
 */
export function memoryRefusal(request: LeaseRequest): Refusal[] {
  const { entries, stack, promises, capacity } = request;
  const running = promises.filter(({ power }) => power === "running");
  const needed = sum(running);
  const additional = needed - sum(holdingMemory(entries).filter((entry) => entry.stack === stack));
  const others = holdingMemory(entries).filter((entry) => entry.stack !== stack);
  const free = Math.max(0, capacity.totalMiB - capacity.reserveMiB - sum(others));
  if (additional <= 0) {
    return [];
  }
  if (needed > free) {
    return [overPromised(running, needed, free, others, capacity)];
  }
  return additional > capacity.availableMiB ? [inUse(running, needed, additional, capacity)] : [];
}

function overPromised(
  running: readonly InstancePromise[],
  needed: number,
  free: number,
  others: readonly LedgerEntry[],
  capacity: HostCapacity,
): Refusal {
  const { totalMiB, reserveMiB } = capacity;
  const held = [...others].sort((a, b) => b.memoryMiB - a.memoryMiB);
  const uses = [
    `${mib(reserveMiB)} reserved`,
    ...held.map((entry) => `${nameEntry(entry)} holds ${mib(entry.memoryMiB)}`),
  ];
  const balance = `${needs(running, needed)}; ${mib(free)} of ${mib(totalMiB)} are free: ${uses.join(", ")}`;
  const room = roomFor(needed - free, held);
  const remedy =
    room.length === 0
      ? `at most ${mib(Math.max(0, totalMiB - reserveMiB))} can be promised at all`
      : `stop ${list(room.map(nameEntry))} to make room`;
  return {
    code: "INSUFFICIENT_RESOURCES",
    message: `${balance}; ${remedy}.`,
    details: {
      neededMiB: needed,
      freeMiB: free,
      totalMiB,
      reserveMiB,
      holders: held.map((entry) => ({ ...toHolder(entry), memoryMiB: entry.memoryMiB })),
    },
    suggestion: suggestionFor(room, free),
  };
}

function suggestionFor(room: readonly LedgerEntry[], free: number): string {
  const directories = new Set(
    room.map(({ projectDirectory }) => projectDirectory).filter((path) => path !== undefined),
  );
  const shared = room.filter(({ projectDirectory }) => projectDirectory === undefined);
  const ways = [
    ...[...directories].map((directory) => `run \`vagrantp stop\` in ${directory}`),
    ...shared.map(({ id, stack }) => `set the power of ${id} to stopped in the config of stack ${stack}`),
  ];
  const choices = [
    ...(ways.length > 0 ? [list(ways)] : []),
    ...(free > 0 ? [`lower MEMORY to at most ${mib(free)}`] : []),
  ];
  const text = choices.length > 0 ? choices.join(", or ") : "give this host more memory";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function inUse(
  running: readonly InstancePromise[],
  needed: number,
  additional: number,
  { availableMiB, totalMiB }: HostCapacity,
): Refusal {
  const more = additional < needed ? `, ${mib(additional)} more than it holds` : "";
  return {
    code: "INSUFFICIENT_RESOURCES",
    message: `${needs(running, needed)}${more}; programs on this host leave ${mib(availableMiB)} of ${mib(totalMiB)} available now.`,
    details: { neededMiB: needed, additionalMiB: additional, availableMiB, totalMiB },
    suggestion: "Close programs that use memory, or lower MEMORY.",
  };
}

/**
 * The fewest holders that make room: the smallest one that does alone, else the largest until it is enough. None when
 * even all of them together do not.
 */
function roomFor(shortMiB: number, largestFirst: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const alone = largestFirst.findLast((entry) => entry.memoryMiB >= shortMiB);
  if (alone !== undefined) {
    return [alone];
  }
  const enough = largestFirst.findIndex((_, index) => sum(largestFirst.slice(0, index + 1)) >= shortMiB);
  return largestFirst.slice(0, enough + 1);
}

/** A stopped instance holds no memory. */
export function holdingMemory(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter(({ power }) => power === "running");
}

function sum(holders: readonly { readonly memoryMiB: number }[]): number {
  return holders.reduce((total, { memoryMiB }) => total + memoryMiB, 0);
}

function needs(running: readonly InstancePromise[], needed: number): string {
  return `${list(running.map(({ id }) => id))} ${running.length === 1 ? "needs" : "need"} ${mib(needed)}`;
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${String(names.at(-1))}`;
}

function mib(memoryMiB: number): string {
  return `${memoryMiB} MiB`;
}
