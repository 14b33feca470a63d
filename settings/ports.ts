/** Ports that the user asks for: `[address:]host:inside[/tcp|/udp]`. */

import { isIPv4, isIPv6 } from "node:net";
import type { PortWish, Protocol } from "./instance-spec";
import { accepted, acceptedUnless, problem, quote, refused, type Parsed, type Problem } from "./values";

/** What an entry of PORTS may be, in words. */
export const portAllowed = "[address:]host:inside[/tcp|/udp] (8080:80, auto:80, 0.0.0.0:53:53/udp, [::1]:8080:80)";
const addressAllowed = "an IPv4 address, or an IPv6 address in brackets";
const hostAllowed = "auto, or 1 to 65535";
const insideAllowed = "1 to 65535";
const protocolAllowed = "tcp or udp";

const loopback = "127.0.0.1";
const mostPort = 65535;

interface Entry {
  readonly text: string;
  readonly wish: PortWish;
}

/** All entries of a list of ports. Each wrong entry is a problem of its own, and so is each that meets an earlier one. */
export function parsePorts(entries: readonly string[]): Parsed<PortWish[]> {
  const problems: Problem[] = [];
  const good: Entry[] = [];
  for (const text of entries) {
    const parsed = parsePort(text);
    if (parsed.ok) good.push({ text, wish: parsed.value });
    else problems.push(...parsed.problems);
  }
  return acceptedUnless(
    [...problems, ...findClashes(good)],
    good.map((entry) => entry.wish),
  );
}

/** One entry of a list of ports. */
function parsePort(text: string): Parsed<PortWish> {
  const match = /^(?:(\[[^\]]*\]|[^:[\]]*):)?([^:[\]]*):([^:[\]/]*)(?:\/(.*))?$/.exec(text);
  if (match === null) return refused(problem(text, "is not a port mapping", portAllowed));
  const [, address, host = "", inside = "", protocol = "tcp"] = match;
  const refuse = (what: string, got: string, allowed: string): Parsed<never> => {
    return refused(problem(text, `has no ${what} where ${quote(got)} stands`, allowed));
  };

  const realAddress = address === undefined ? loopback : toAddress(address);
  if (realAddress === undefined) return refuse("address", address ?? "", addressAllowed);
  const realHost = host === "auto" ? host : toPort(host);
  if (realHost === undefined) return refuse("port of the host", host, hostAllowed);
  const realInside = toPort(inside);
  if (realInside === undefined) return refuse("port inside", inside, insideAllowed);
  if (!isProtocol(protocol)) return refuse("protocol", protocol, protocolAllowed);
  return accepted({ host: realHost, inside: realInside, protocol, address: realAddress });
}

/** Whether two wishes ask for the same fixed port of the host: the ledger leases each once, whatever the address. */
export function portsClash(left: PortWish, right: PortWish): boolean {
  return left.host !== "auto" && left.host === right.host && left.protocol === right.protocol;
}

function findClashes(entries: readonly Entry[]): Problem[] {
  const earlier = new Map<string, Entry[]>();
  const problems: Problem[] = [];
  for (const entry of entries) {
    const { wish, text } = entry;
    const group = `${wish.host === "auto" ? `auto:${String(wish.inside)}` : String(wish.host)}/${wish.protocol}`;
    const others = earlier.get(group) ?? [];
    const other = others.find((one) => wish.host === "auto" || portsClash(one.wish, wish));
    if (other !== undefined) problems.push(describeClash(text, other.text, wish));
    others.push(entry);
    earlier.set(group, others);
  }
  return problems;
}

function describeClash(text: string, other: string, wish: PortWish): Problem {
  return wish.host === "auto"
    ? problem(text, `asks for the same port inside as ${quote(other)}`, "auto once for each port inside")
    : problem(text, `asks for the same port of the host as ${quote(other)}`, "each port of the host once");
}

function toPort(text: string): number | undefined {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
  return port !== undefined && port <= mostPort ? port : undefined;
}

function toAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const inner = /^\[([^%]*)\]$/.exec(text)?.[1];
  if (inner === undefined || !isIPv6(inner)) return undefined;
  // The URL parser writes an IPv6 address in its one short form (RFC 5952).
  const short = new URL(`http://[${inner}]`).hostname.slice(1, -1);
  return fromMapped(short) ?? short;
}

/** The IPv4 address inside an IPv4-mapped one (RFC 4291, 2.5.5.2): the system binds them as the same. */
function fromMapped(short: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const bytes = [high, low].flatMap((part) => [parseInt(part, 16) >> 8, parseInt(part, 16) & 0xff]);
  return bytes.join(".");
}

function isProtocol(text: string): text is Protocol {
  return text === "tcp" || text === "udp";
}
