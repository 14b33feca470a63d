/** The admission rule of disks. Pure. */
import type { DiskSpace } from "../settings/instance-objects";
import type { InstancePromise } from "../settings/instance-promise";
import { list, nameEntry, roomFor, toHolder, toSuggestion } from "./holders";
import type { LeaseRequest, LedgerEntry, Refusal } from "./promises";

/**
 * The disks of a stack's virtual machines count in full, whether the machines run or not, though a disk grows only as it
 * is written. They must fit into `total - what other stacks' machines hold`, unless they are no more than the stack holds:
 * its promise stands, even when the file system has shrunk since. And what they need beyond the disks that the stack has
 * made must be free now: a disk that is there is not counted twice.
 *
 * @returns one refusal or none
 */
export function diskRefusal({ entries, stack, promises, host }: LeaseRequest): Refusal[] {
  const machines = promises.filter(({ diskGiB }) => diskGiB !== undefined);
  if (host.disk === undefined || machines.length === 0) return [];
  const needed = machines.reduce((sum, { diskGiB = 0 }) => sum + diskGiB, 0);
  const own = entries.filter((entry) => entry.stack === stack);
  const others = entries
    .filter((entry) => entry.stack !== stack && entry.diskGiB > 0)
    .sort((a, b) => b.diskGiB - a.diskGiB);
  const demand = { machines, needed, held: sum(own), others, space: host.disk };
  const left = Math.max(0, host.disk.totalGiB - sum(others));
  if (needed > demand.held && needed > left) return [overPromised(demand, left)];
  const additional = needed - sum(own.filter(({ backendId }) => backendId !== undefined));
  return additional > host.disk.freeGiB ? [full(demand, additional)] : [];
}

interface Demand {
  readonly machines: readonly InstancePromise[];
  readonly needed: number;
  readonly held: number;
  /** The largest first. */
  readonly others: readonly LedgerEntry[];
  readonly space: DiskSpace;
}

function overPromised(demand: Demand, left: number): Refusal {
  const { needed, held, others, space } = demand;
  const { directory, totalGiB } = space;
  const room = roomFor(needed - left, others, diskOf);
  const remedy =
    room.length === 0
      ? `at most ${gib(totalGiB)} can be promised at all`
      : `remove ${list(room.map(nameEntry))} to make room`;
  const balance = [`${gib(left)} of ${gib(totalGiB)} at ${directory} can be promised`, ...others.map(holds)].join("; ");
  const most = Math.max(left, held);
  return {
    code: "INSUFFICIENT_RESOURCES",
    message: `${needs(demand)}; ${balance}; ${remedy}.`,
    details: { neededGiB: needed, freeGiB: left, totalGiB, directory, holders: others.map(sizedHolder) },
    suggestion: suggestionFor(room, most > 0 ? `lower DISK_SIZE to at most ${gib(most)}` : "use a larger disk"),
  };
}

function full(demand: Demand, additional: number): Refusal {
  const { needed, others, space } = demand;
  const { directory, totalGiB, freeGiB } = space;
  const more = additional < needed ? `, ${gib(additional)} more than it has now` : "";
  const balance = [`${gib(freeGiB)} of ${gib(totalGiB)} at ${directory} are free now`, ...others.map(holds)].join("; ");
  return {
    code: "INSUFFICIENT_RESOURCES",
    message: `${needs(demand)}${more}; ${balance}.`,
    details: {
      neededGiB: needed,
      additionalGiB: additional,
      freeGiB,
      totalGiB,
      directory,
      holders: others.map(sizedHolder),
    },
    // What other machines' disks have of the file system is not known here: removing one may free next to nothing.
    suggestion: `Free some space at ${directory} (\`df -h ${directory}\` shows it), or lower DISK_SIZE.`,
  };
}

/** The commands that make room, or what else mends it. */
function suggestionFor(room: readonly LedgerEntry[], otherWay: string): string {
  const ways = room.map(({ id, stack, projectDirectory }) =>
    projectDirectory === undefined
      ? `remove ${id} from the config of stack ${stack} and run \`pulumi up -s ${stack}\``
      : `run \`vagrantp rm\` in ${projectDirectory}`,
  );
  return toSuggestion([...(ways.length > 0 ? [list([...new Set(ways)])] : []), otherWay]);
}

function needs({ machines, needed }: Demand): string {
  return `${list(machines.map(({ id }) => id))} ${machines.length === 1 ? "needs" : "need"} ${gib(needed)} of disk`;
}

function holds(entry: LedgerEntry): string {
  return `${nameEntry(entry)} holds ${gib(entry.diskGiB)}`;
}

function sizedHolder(entry: LedgerEntry) {
  return { ...toHolder(entry), diskGiB: entry.diskGiB };
}

function diskOf({ diskGiB }: LedgerEntry): number {
  return diskGiB;
}

function sum(entries: readonly LedgerEntry[]): number {
  return entries.reduce((total, { diskGiB }) => total + diskGiB, 0);
}

function gib(amount: number): string {
  return `${amount} GiB`;
}
