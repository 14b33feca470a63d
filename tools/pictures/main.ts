/**
 * `make pictures`: draws the house from the imports and the resources of a platform from its program, records the session on the
 * real engine, and draws it. With a word it does one of these alone: `house`, `resources`, `record` (and draw), `draw`.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { messageOf } from "../../settings/errors";
import { findInstallation } from "../../engine/installation";
import { platformResources } from "../../engine/platform-registrations";
import { readStackConfig } from "../../engine/stack-config";
import { replaceBetween } from "../marked-text";
import { World } from "../world";
import { formatCast, parseCast } from "./cast";
import { houseOf } from "./house";
import { record } from "./record";
import { drawResourceTree } from "./resource-tree";
import { files, session, title } from "./session";
import { drawCast } from "./svg";

const root = findInstallation().directory;
const castFile = join(root, "docs", "pictures", "session.cast");

function drawHouse(): void {
  const page = join(root, "docs", "architecture.md");
  writeFileSync(page, replaceBetween(readFileSync(page, "utf8"), "house", houseOf(root)));
}

async function drawResources(): Promise<void> {
  const page = join(root, "docs", "resource-tree.md");
  const config = readStackConfig({ directory: root, stack: "prod" });
  // Its value is nowhere in the picture.
  const secrets = { seed: "a seed that makes passwords of nothing" };
  const resources = await platformResources("prod", { ...config, "groundwork:secrets": secrets });
  writeFileSync(page, replaceBetween(readFileSync(page, "utf8"), "resources", drawResourceTree(resources)));
}

async function recordSession(): Promise<void> {
  const world = new World();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => world.stop());
  try {
    const directory = world.newFolder("blog");
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, name), text);
    }
    const PATH = [join(root, "bin"), world.environment["PATH"] ?? ""].join(delimiter);
    // A terminal that a person sits at, wherever this runs.
    const environment = { ...world.environment, PATH, CI: "", NO_COLOR: "" };
    const cast = await record({ title, session, directory, environment });
    mkdirSync(dirname(castFile), { recursive: true });
    writeFileSync(castFile, formatCast(cast));
  } finally {
    await world.dispose();
  }
}

async function drawSession(): Promise<void> {
  const cast = parseCast(readFileSync(castFile, "utf8"));
  writeFileSync(castFile.replace(/cast$/, "svg"), await drawCast(cast));
}

const works: Readonly<Record<string, () => void | Promise<void>>> = {
  house: drawHouse,
  resources: drawResources,
  record: recordSession,
  draw: drawSession,
};

async function main([only]: readonly string[]): Promise<void> {
  const chosen =
    only === undefined ? ["house", "resources", "record", "draw"] : only === "record" ? ["record", "draw"] : [only];
  for (const name of chosen) {
    const work = works[name];
    if (work === undefined) throw new Error(`there is no "${name}"; there are ${Object.keys(works).join(", ")}`);
    await work();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`pictures: ${messageOf(error)}\n`);
  process.exitCode = 1;
});
