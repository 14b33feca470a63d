/** The networks that this host is in, or has a route to. */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { parseRoutes } from "./subnets";

/** In CIDR, IPv6 among them. Where the system has no `/proc`, those of its own addresses alone. */
export function hostNetworks(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return [...addresses.flatMap(({ cidr }) => cidr ?? []), ...parseRoutes(readRoutes())];
}

function readRoutes(): string {
  try {
    return readFileSync("/proc/net/route", "utf8");
  } catch {
    return "";
  }
}
