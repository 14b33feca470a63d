/**
 * `make bench`: measures every row of the table, each of ours beside the peer's own command in the same run, and
 * prints it. Ends with 0 also where a goal is missed: a figure is no test. Ends with 1 when something did not work.
 *
 * Options: `--only ROW` (again for more), `--small` (proves that it can be measured, nothing more; without machines and
 * whole platforms), `--write` (puts table and machine into docs/performance.md).
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../settings/errors";
import { replaceBetween } from "../marked-text";
import { Fixtures } from "./fixtures";
import { describeMachine } from "./machine";
import { fullSize, NotMeasurable, smallSize, type Result, type Row, type Size } from "./row";
import { quickRows, rows } from "./rows";
import { formatTable } from "./table";
import { World } from "../world";

/** The page that holds the committed figures. */
const page = "docs/performance.md";

/** @param small leaves out what takes minutes, unless it is asked for by name */
function chooseRows(names: readonly string[] | undefined, small: boolean): readonly Row[] {
  const unknown = names?.find((name) => !rows.some((row) => row.name === name));
  if (unknown !== undefined) {
    throw new Error(`there is no row "${unknown}"; there are ${rows.map(({ name }) => name).join(", ")}`);
  }
  return names === undefined ? (small ? quickRows : rows) : rows.filter(({ name }) => names.includes(name));
}

async function measureAll(chosen: readonly Row[], world: World, size: Size): Promise<readonly Result[]> {
  const fixtures = new Fixtures(world);
  const results: Result[] = [];
  for (const row of chosen) {
    const started = performance.now();
    try {
      results.push({ row, measurement: await row.measure(fixtures, size) });
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      process.stderr.write(`${row.name}: ${seconds} s\n`);
    } catch (error) {
      if (!(error instanceof NotMeasurable)) throw error;
      process.stderr.write(`${row.name}: not measured, ${error.message}\n`);
    }
  }
  return results;
}

function write(world: World, table: string): void {
  const file = join(world.installation.directory, page);
  const withMachine = replaceBetween(readFileSync(file, "utf8"), "machine", describeMachine(world.setup, new Date()));
  writeFileSync(file, replaceBetween(withMachine, "table", table));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true },
      small: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
    },
  });
  const chosen = chooseRows(values.only, values.small);
  const world = new World();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => world.stop());
  try {
    const table = formatTable(await measureAll(chosen, world, values.small ? smallSize : fullSize));
    process.stdout.write(`${describeMachine(world.setup, new Date())}\n\n${table}\n`);
    if (values.write) write(world, table);
  } finally {
    await world.dispose();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
