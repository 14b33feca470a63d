/** Blocks of addresses, as firewalls and network policies take them. */

import { BlockList, isIP } from "node:net";
import { accepted, problem, refused, type Parsed } from "../values";

/** What a list of blocks may hold. */
const allowed = "an IPv4 or IPv6 block such as 203.0.113.7/32";

/** One block, CIDR; an address alone is refused, because firewalls take it for a network of its class. */
export function parseCidr(text: string): Parsed<string> {
  const { family, prefix } = split(text);
  const most = family === 4 ? 32 : 128;
  const isBlock = family !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= most;
  return isBlock ? accepted(text) : refused(problem(text, "is no block of addresses", allowed));
}

/** Whether two blocks have an address in common: then one of them holds the other's first. */
export function overlap(one: string, other: string): boolean {
  return holds(one, other) || holds(other, one);
}

function holds(block: string, other: string): boolean {
  const [outer, inner] = [split(block), split(other)];
  if (outer.family !== inner.family || outer.family === 0) return false;
  const name = outer.family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(outer.address, Number(outer.prefix), name);
  return list.check(inner.address, name);
}

function split(text: string): { readonly address: string; readonly prefix: string; readonly family: number } {
  const [address = "", prefix = "", ...rest] = text.split("/");
  return { address, prefix, family: rest.length === 0 ? isIP(address) : 0 };
}
