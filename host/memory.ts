/** The admission rule of memory. Pure. */
import type { HostCapacity } from "./capacity";
import { list, nameEntry, roomFor, toHolder, toSuggestion } from "./holders";
import type { InstancePromise } from "../settings/instance-promise";
import type { LeaseRequest, LedgerEntry, Refusal } from "./promises";

/**
 * A stack's running instances must fit into `total - reserve - what other stacks' running instances hold`, unless they
 * ask for no more than the stack holds: its promise stands, even when the host has shrunk since. And what they need
 * beyond what the stack's objects have now must be available: what runs already is not counted twice, and what stood
 * still must find its memory again.
 *
 * @returns one refusal or none
 */
export function memoryRefusal(request: LeaseRequest): Refusal[] {
  const { entries, stack, promises, host } = request;
  const { capacity } = host;
  const running = promises.filter(({ power }) => power === "running");
  const needed = sum(running);
  const held = sum(holdingMemory(entries).filter((entry) => entry.stack === stack));
  const others = holdingMemory(entries)
    .filter((entry) => entry.stack !== stack)
    .sort((a, b) => b.memoryMiB - a.memoryMiB);
  const free = Math.max(0, capacity.totalMiB - capacity.reserveMiB - sum(others));
  if (needed > held && needed > free) {
    return [overPromised(running, needed, free, others, capacity)];
  }
  const additional = needed - sum(host.running);
  return additional > capacity.availableMiB ? [inUse(running, needed, additional, others, capacity)] : [];
}

function overPromised(
  running: readonly InstancePromise[],
  needed: number,
  free: number,
  others: readonly LedgerEntry[],
  { totalMiB, reserveMiB }: HostCapacity,
): Refusal {
  const uses = [`${mib(reserveMiB)} reserved`, ...others.map(holds)];
  const balance = `${needs(running, needed)}; ${mib(free)} of ${mib(totalMiB)} are free: ${uses.join(", ")}`;
  const room = roomFor(needed - free, others, memoryOf);
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
      holders: others.map(sizedHolder),
    },
    suggestion: suggestionFor(room, free > 0 ? [`lower MEMORY to at most ${mib(free)}`] : []),
  };
}

/** The commands that make room, or what else mends it. */
function suggestionFor(room: readonly LedgerEntry[], otherWays: readonly string[]): string {
  const directories = new Set(
    room.map(({ projectDirectory }) => projectDirectory).filter((path) => path !== undefined),
  );
  const shared = room.filter(({ projectDirectory }) => projectDirectory === undefined);
  const ways = [
    ...[...directories].map((directory) => `run \`vagrantp stop\` in ${directory}`),
    ...shared.map(
      ({ id, stack }) =>
        `run \`pulumi config set --path groundwork:instances.${id}.power stopped -s ${stack}\` and \`pulumi up -s ${stack}\``,
    ),
  ];
  const choices = [...(ways.length > 0 ? [list(ways)] : []), ...otherWays];
  return toSuggestion(choices.length > 0 ? choices : ["give this host more memory"]);
}

function inUse(
  running: readonly InstancePromise[],
  needed: number,
  additional: number,
  others: readonly LedgerEntry[],
  { availableMiB, totalMiB }: HostCapacity,
): Refusal {
  const more = additional < needed ? `, ${mib(additional)} more than it has now` : "";
  const held = others.length === 0 ? "" : `; ${others.map(holds).join(", ")}`;
  return {
    code: "INSUFFICIENT_RESOURCES",
    message: `${needs(running, needed)}${more}; programs on this host leave ${mib(availableMiB)} of ${mib(totalMiB)} available now${held}.`,
    details: {
      neededMiB: needed,
      additionalMiB: additional,
      availableMiB,
      totalMiB,
      holders: others.map(sizedHolder),
    },
    suggestion: suggestionFor(roomFor(additional - availableMiB, others, memoryOf), [
      "close programs that use memory, or lower MEMORY",
    ]),
  };
}

/** A stopped instance holds no memory. */
export function holdingMemory(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return entries.filter(({ power }) => power === "running");
}

function sum(holders: readonly { readonly memoryMiB: number }[]): number {
  return holders.reduce((total, { memoryMiB }) => total + memoryMiB, 0);
}

function memoryOf({ memoryMiB }: LedgerEntry): number {
  return memoryMiB;
}

function holds(entry: LedgerEntry): string {
  return `${nameEntry(entry)} holds ${mib(entry.memoryMiB)}`;
}

function sizedHolder(entry: LedgerEntry) {
  return { ...toHolder(entry), memoryMiB: entry.memoryMiB };
}

function needs(running: readonly InstancePromise[], needed: number): string {
  return `${list(running.map(({ id }) => id))} ${running.length === 1 ? "needs" : "need"} ${mib(needed)}`;
}

function mib(memoryMiB: number): string {
  return `${memoryMiB} MiB`;
}
