/** Whether a port of this host is free, and who has it. */
import { createSocket } from "node:dgram";
import { createServer, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { findPortHolders } from "./port-holders";
import { hostPortKey } from "./promises";
import type { HostPort, PortUse, PortUses } from "./promises";

/** What one attempt on a port told. `absent`: this host has no such address. */
export type Attempt = "free" | "taken" | "forbidden" | "absent";

const dialTimeoutMs = 250;
const secondLookMs = 25;

/**
 * Looks at ports of this host. Each is bound at its address and at that address's relatives of both families, and
 * dialled at both loopback addresses: a listener on `::1` alone does not stand in the way of 127.0.0.1, nor the
 * other way round (measured), and with SO_REUSEPORT a bind can succeed beside a listener.
 *
 * A taken port is looked at again after 25 ms: another Groundwork may have been probing it.
 *
 * @returns the use of each port, by hostPortKey; the process where that can be seen
 */
export async function probePorts(ports: readonly HostPort[]): Promise<PortUses> {
  const firstLook = await look(ports);
  const suspects = ports.filter((port) => firstLook.get(hostPortKey(port))?.state === "taken");
  if (suspects.length === 0) {
    return firstLook;
  }
  await pause(secondLookMs);
  const secondLook = await look(suspects);
  const taken = suspects.filter((port) => secondLook.get(hostPortKey(port))?.state === "taken");
  return new Map([...firstLook, ...secondLook, ...nameHolders(taken)]);
}

/** What several attempts on one port come to. */
export function judgeAttempts(attempts: readonly Attempt[]): PortUse {
  if (attempts.includes("taken")) {
    return { state: "taken" };
  }
  return { state: attempts.includes("forbidden") ? "unknown" : "free" };
}

/** The addresses to bind when a port is wanted at `address`. */
export function addressesToBind(address: string): readonly string[] {
  if (address === "0.0.0.0" || address === "::") {
    return ["0.0.0.0", "::", "127.0.0.1", "::1"];
  }
  return address === "127.0.0.1" || address === "::1" ? ["127.0.0.1", "::1"] : [address];
}

function nameHolders(ports: readonly HostPort[]): Map<string, PortUse> {
  const holders = findPortHolders(ports);
  return new Map(
    ports.map((port) => {
      const holder = holders.get(hostPortKey(port));
      return [hostPortKey(port), holder === undefined ? { state: "taken" } : { state: "taken", holder }];
    }),
  );
}

/** One port after the other: one wished for twice must not be found taken by ourselves. */
async function look(ports: readonly HostPort[]): Promise<Map<string, PortUse>> {
  const uses = new Map<string, PortUse>();
  for (const port of ports) {
    uses.set(hostPortKey(port), await lookAt(port));
  }
  return uses;
}

/** One attempt after the other, for the same reason; a dial must not reach our own listener. */
async function lookAt({ protocol, port, address }: HostPort): Promise<PortUse> {
  const attempts: Attempt[] = [];
  for (const candidate of addressesToBind(address)) {
    attempts.push(await (protocol === "tcp" ? bindTcp(port, candidate) : bindUdp(port, candidate)));
  }
  // The address is another host's: to dial it would ask that host. The backend says that it cannot be bound.
  if (attempts.every((attempt) => attempt === "absent")) return { state: "unknown" };
  if (protocol === "tcp" && !attempts.includes("taken")) {
    attempts.push(...(await Promise.all(addressesToDial(address).map((candidate) => dial(port, candidate)))));
  }
  return judgeAttempts(attempts);
}

function addressesToDial(address: string): readonly string[] {
  const wanted = addressesToBind(address);
  return wanted.includes("127.0.0.1") ? ["127.0.0.1", "::1"] : wanted;
}

function bindTcp(port: number, host: string): Promise<Attempt> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => {
      resolve(attemptOf(error));
    });
    server.listen({ port, host, ipv6Only: true, exclusive: true }, () => {
      server.close(() => {
        resolve("free");
      });
    });
  });
}

function bindUdp(port: number, address: string): Promise<Attempt> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", ipv6Only: address.includes(":") });
    socket.once("error", (error) => {
      socket.close();
      resolve(attemptOf(error));
    });
    socket.bind({ port, address, exclusive: true }, () => {
      socket.close(() => {
        resolve("free");
      });
    });
  });
}

function dial(port: number, host: string): Promise<Attempt> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: dialTimeoutMs });
    const end = (attempt: Attempt): void => {
      socket.destroy();
      resolve(attempt);
    };
    socket.once("connect", () => {
      // A dial from the very port that it dials connects to itself (TCP simultaneous open).
      end(socket.localPort === port ? "free" : "taken");
    });
    // Nobody answered, and the bind succeeded: a firewall that drops packets is not a listener.
    socket.once("timeout", () => {
      end("free");
    });
    socket.once("error", () => {
      end("free");
    });
  });
}

function attemptOf(error: NodeJS.ErrnoException): Attempt {
  switch (error.code) {
    case "EADDRINUSE":
      return "taken";
    case "EACCES":
    case "EPERM":
      return "forbidden";
    default:
      // EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL: IPv6 is switched off, or the address is not this host's.
      return "absent";
  }
}
