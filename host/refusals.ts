/** What this host cannot promise, and why. Pure: a comparison of wishes with what the ledger holds. */
import { GroundworkError } from "../settings/errors";
import type { ErrorCode } from "../settings/errors";
import type { HostCapacity } from "./capacity";
import { automaticPorts, othersPorts, toHostPort } from "./leases";
import type { PortsById } from "./leases";
import { memoryRefusal } from "./memory";
import { hostPortKey, portKey } from "./promises";
import type { HostPort, InstancePromise, LedgerEntry, LedgerPort, PortUse, PortUses } from "./promises";
import { nameEntry, toHolder } from "./holders";

/** One reason why a stack cannot have what it asks for. */
export interface Refusal {
  readonly code: Extract<ErrorCode, "INFRA_EXISTS" | "INSUFFICIENT_RESOURCES" | "PORT_CONFLICT">;
  /** One sentence: who wants what, who has it. */
  readonly message: string;
  /** Facts for programs: numbers and holders. */
  readonly details: Readonly<Record<string, unknown>>;
  /** What would mend it, where that is known better than the code's own hint. */
  readonly suggestion?: string;
}

/** What the ledger and the host say, and what a stack asks of them. */
export interface Request {
  readonly entries: readonly LedgerEntry[];
  readonly stack: string;
  readonly promises: readonly InstancePromise[];
  readonly capacity: HostCapacity;
  readonly uses: PortUses;
  /** The ports the wishes would get. */
  readonly ports: PortsById;
}

/** Everything that stands against a request: names first, then memory, then ports. Empty when it can be granted. */
export function refusals(request: Request): Refusal[] {
  return [...nameRefusals(request), ...memoryRefusal(request), ...portRefusals(request)];
}

/**
 * CPUs that exceed what the host has. They are limits, shared by all, so they are never refused.
 *
 * @returns one sentence for each instance concerned
 */
export function warnings(promises: readonly InstancePromise[], capacity: HostCapacity): string[] {
  return promises
    .filter(({ cpus, power }) => power === "running" && cpus > capacity.cpus)
    .map(({ id, cpus }) => `${id} may use ${String(cpus)} CPUs; this host has ${String(capacity.cpus)}.`);
}

/** The error that reports refusals: its code is the first one's, each is a violation. */
export function refusalError(found: readonly [Refusal, ...Refusal[]]): GroundworkError {
  const [first] = found;
  const mixed = found.some(({ code }) => code !== first.code);
  const headline = mixed ? "This host cannot give what is asked." : headlines[first.code];
  return new GroundworkError(first.code, headline, {
    violations: found.map(({ message }) => ({ message })),
    details: { refusals: found.map(({ code, details }) => ({ code, ...details })) },
    ...(first.suggestion === undefined ? {} : { suggestion: first.suggestion }),
  });
}

const headlines = {
  INFRA_EXISTS: "A name is taken on this host.",
  INSUFFICIENT_RESOURCES: "This host has not enough memory.",
  PORT_CONFLICT: "A port is taken on this host.",
} as const;

function nameRefusals({ entries, stack, promises }: Request): Refusal[] {
  return promises.flatMap((promise, index): Refusal[] => {
    const { id, name, backend } = promise;
    const same = (other: { name: string; backend: string }): boolean =>
      other.name === name && other.backend === backend;
    const twin = promises.slice(0, index).find(same);
    if (twin !== undefined) {
      const message = `${id} and ${twin.id} have the same name at ${backend}: ${name}.`;
      return [{ code: "INFRA_EXISTS", message, details: { name, backend, ids: [twin.id, id] } }];
    }
    const holder = entries.find((entry) => entry.stack !== stack && same(entry));
    if (holder === undefined) {
      return [];
    }
    const message = `${id} cannot be named ${name} at ${backend}: that is ${nameEntry(holder)}.`;
    return [{ code: "INFRA_EXISTS", message, details: { id, name, backend, holder: toHolder(holder) } }];
  });
}

function portRefusals(request: Request): Refusal[] {
  const others = othersPorts(request.entries, request.stack);
  const wanted = new Map<string, string>();
  return request.promises.flatMap(({ id, ports: wishes }) =>
    wishes.flatMap((wish, at): Refusal[] => {
      const port = request.ports.get(id)?.[at];
      if (port === undefined) {
        return [nothingLeft(id, wish.inside, wish.protocol)];
      }
      const key = portKey(toHostPort(port));
      const twin = wanted.get(key);
      wanted.set(key, id);
      if (twin !== undefined) {
        return [wantedTwice(id, twin, port)];
      }
      return takenByOther(id, toHostPort(port), others.get(key), request.uses);
    }),
  );
}

function takenByOther(id: string, port: HostPort, entry: LedgerEntry | undefined, uses: PortUses): Refusal[] {
  const details = { id, port: port.port, protocol: port.protocol, address: port.address };
  const wish = `Port ${describe(port)}, wanted by ${id},`;
  if (entry !== undefined) {
    const message = `${wish} is leased to ${nameEntry(entry)}.`;
    return [{ code: "PORT_CONFLICT", message, details: { ...details, holder: toHolder(entry) } }];
  }
  const use = uses.get(hostPortKey(port));
  if (use?.state !== "taken") {
    return [];
  }
  return [
    {
      code: "PORT_CONFLICT",
      message: `${wish} is taken by ${nameProcess(use, port)}.`,
      details: { ...details, process: use.holder },
    },
  ];
}

function nameProcess({ holder }: PortUse, port: HostPort): string {
  if (holder !== undefined) {
    return `${holder.command} (pid ${String(holder.pid)}), which is not Groundwork's`;
  }
  const list = port.protocol === "tcp" ? "TCP" : "UDP";
  return `a process of another user (\`sudo lsof -nP -i${list}:${String(port.port)}\` names it)`;
}

function wantedTwice(id: string, twin: string, port: LedgerPort): Refusal {
  const host = toHostPort(port);
  const message =
    twin === id ? `${id} wants port ${describe(host)} twice.` : `${twin} and ${id} both want port ${describe(host)}.`;
  return { code: "PORT_CONFLICT", message, details: { ids: [twin, id], port: host.port, protocol: host.protocol } };
}

function nothingLeft(id: string, inside: number, protocol: HostPort["protocol"]): Refusal {
  const { first, last } = automaticPorts;
  return {
    code: "PORT_CONFLICT",
    message: `No port from ${String(first)} to ${String(last)} is free for auto:${String(inside)}/${protocol} of ${id}.`,
    details: { id, inside, protocol, first, last },
    suggestion: "Run `vagrantp rm` in projects you no longer need, or name a port outside that range.",
  };
}

function describe(port: HostPort): string {
  return `${String(port.port)}/${port.protocol}`;
}
