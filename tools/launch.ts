/**
 * Starts one of the built programs: `launch.js NAME [ARGUMENT...]`. Sees to it that dist/ is current
 * and that Node keeps compiled code, which must be said before the program is loaded.
 */

import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { GroundworkError } from "../settings/errors";
import { assertBuildIsCurrent, findStaleSource } from "./build-stamp";
import { cacheFolder } from "./cache-folder";

const root = join(__dirname, "..");

/**
 * What to do about a stale dist/. Only a person's own command rebuilds it; a plugin that the engine
 * starts refuses; the actuator runs beside that plugin, which has looked already.
 */
const whenStale: Readonly<Record<string, "rebuild" | "refuse">> = {
  vagrantp: "rebuild",
  platform: "rebuild",
  delivery: "rebuild",
  plugin: "refuse",
};

function seeToBuild(program: string): void {
  const action = whenStale[program];
  if (action === undefined || findStaleSource(__dirname) === undefined) return;
  if (action === "rebuild") rebuild();
  assertBuildIsCurrent(__dirname);
}

/** stdout belongs to the program that follows, so the build's lines go to stderr. Loads the module only when it is needed. */
function rebuild(): void {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  spawnSync(process.execPath, [join(root, "tools", "build.mjs")], { stdio: ["ignore", 2, 2] });
}

function main(): void {
  const [program = "", ...programArguments] = process.argv.slice(2);
  enableCompileCache(join(cacheFolder(), "node-compile-cache"));
  try {
    seeToBuild(program);
  } catch (error) {
    if (!(error instanceof GroundworkError)) throw error;
    process.stderr.write(`${error.toText()}\n`);
    process.exitCode = error.exitStatus;
    return;
  }
  const file = join(__dirname, `${program}.js`);
  // The program sees the arguments it would see had it been started itself.
  process.argv = [process.execPath, file, ...programArguments];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the name is known at run time only
  require(file);
}

main();
