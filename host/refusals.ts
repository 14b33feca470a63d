/** What this host cannot promise, and why. Pure: a comparison of wishes with what the ledger holds. */
import type { OwnedPort } from "../settings/instance-objects";
import { GroundworkError } from "../settings/errors";
import type { HostCapacity } from "./capacity";
import { addressRefusals } from "./address-refusals";
import { diskRefusal } from "./disk";
import { nameEntry, toHolder } from "./holders";
import { automaticPorts, othersPorts, toHostPort } from "./leases";
import { memoryRefusal } from "./memory";
import { hostPortKey, portKey } from "./promises";
import { subnetPool } from "../settings/stack-network";
import type { InstancePromise } from "../settings/instance-promise";
import type { HostPort, LeaseRequest, LedgerEntry, PortUse, PortUses, Refusal } from "./promises";

/** Everything against a request: names first, then memory, disks, ports, addresses, subnets. Empty when it can be granted. */
export function refusals(request: LeaseRequest): Refusal[] {
  const ofMachine = [...nameRefusals(request), ...memoryRefusal(request), ...diskRefusal(request)];
  return [...ofMachine, ...portRefusals(request), ...addressRefusals(request), ...subnetRefusals(request)];
}

/**
 * CPUs that exceed what the host has. They are limits, shared by all, so they are never refused.
 *
 * @returns one sentence for each instance concerned
 */
export function warnings(promises: readonly InstancePromise[], capacity: HostCapacity): string[] {
  return promises
    .filter(({ cpus, power }) => power === "running" && cpus > capacity.cpus)
    .map(({ id, cpus }) => `${id} may use ${cpus} CPUs; this host has ${capacity.cpus}.`);
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
  INSUFFICIENT_RESOURCES: "This host has not enough left.",
  PORT_CONFLICT: "A port or an address is taken on this host.",
} as const;

function nameRefusals({ entries, stack, promises }: LeaseRequest): Refusal[] {
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

function portRefusals(request: LeaseRequest): Refusal[] {
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
    return `${holder.command} (pid ${holder.pid}), which is not Groundwork's`;
  }
  const list = port.protocol === "tcp" ? "TCP" : "UDP";
  return `a process of another user (\`sudo lsof -nP -i${list}:${port.port}\` names it)`;
}

function wantedTwice(id: string, twin: string, port: OwnedPort): Refusal {
  const host = toHostPort(port);
  const message =
    twin === id ? `${id} wants port ${describe(host)} twice.` : `${twin} and ${id} both want port ${describe(host)}.`;
  return { code: "PORT_CONFLICT", message, details: { ids: [twin, id], port: host.port, protocol: host.protocol } };
}

function nothingLeft(id: string, inside: number, protocol: HostPort["protocol"]): Refusal {
  const { first, last } = automaticPorts;
  return {
    code: "PORT_CONFLICT",
    message: `No port from ${first} to ${last} is free for auto:${inside}/${protocol} of ${id}.`,
    details: { id, inside, protocol, first, last },
    suggestion: "Run `vagrantp rm` in projects you no longer need, or name a port outside that range.",
  };
}

function subnetRefusals({ promises, subnets }: LeaseRequest): Refusal[] {
  const backends = [...new Set(promises.map(({ backend }) => backend))].filter((backend) => !subnets.has(backend));
  return backends.map((backend) => {
    const pool = `${subnetPool.first}/${subnetPool.prefix}`;
    return {
      code: "INSUFFICIENT_RESOURCES",
      message: `No subnet of ${pool} is free for the stack's network at ${backend}.`,
      details: { backend, pool },
      suggestion: `Run \`vagrantp rm\` in projects you no longer need, or remove networks and routes in ${pool}.`,
    };
  });
}

function describe(port: HostPort): string {
  return `${port.port}/${port.protocol}`;
}
