/** promtool for the tests, which check alerts by it. To install its package would start a Prometheus on this host. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fetchForTests, unpackedRoot } from "./unpacked-packages";

const name = "prometheus";

/** The program's path; undefined where it was not fetched. */
export function promtoolProgram(): string | undefined {
  const path = join(unpackedRoot(name) ?? "", "usr/bin/promtool");
  return existsSync(path) ? path : undefined;
}

/** Fetches promtool, unless it is there. */
export function fetchPromtool(): Promise<void> {
  return fetchForTests(name, ["prometheus"]);
}
