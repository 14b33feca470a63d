/** The interface by which this host reaches the world. */

import { readFileSync } from "node:fs";

/**
 * The interface of the default route, of several the one that the kernel prefers; undefined where there is none.
 *
 * @param file the kernel's table of IPv4 routes
 */
export function uplink(file = "/proc/net/route"): string | undefined {
  return uplinkOf(readFileSync(file, "utf8"));
}

/** Reads that table: `eth0 00000000 010200C0 0003 0 0 100 00000000 …`. */
export function uplinkOf(table: string): string | undefined {
  const routes = table.split("\n").map((line) => line.trim().split(/\s+/));
  const defaults = routes.filter(
    ([, destination, , , , , , mask]) => destination === "00000000" && mask === "00000000",
  );
  const [first] = defaults.sort((one, other) => metricOf(one) - metricOf(other));
  return first?.[0];
}

function metricOf(route: readonly string[]): number {
  return Number(route[6]);
}
