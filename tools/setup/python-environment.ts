/** Programs from Python's registry, each in a virtual environment of its own in the cache. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../settings/errors";
import { cacheFolder } from "../cache-folder";
import { run, runStage } from "./processes";
import { installPackages } from "./system-packages";
import { findVersion, isAtLeast } from "./texts";

/** Which packages of Python's make up an environment. */
export interface PythonEnvironment {
  /** What messages and the folder in the cache call it. */
  readonly name: string;
  /** The file that names every package at one version. */
  readonly requirements: string;
  /** The oldest Python that has all of these packages. */
  readonly leastPython: string;
}

/** The folder of the programs of an environment that is whole; undefined where it has not been set up. */
export function pythonPrograms({ name, requirements }: PythonEnvironment): string | undefined {
  const folder = folderOf(name, requirements);
  return existsSync(marker(folder)) ? join(folder, "bin") : undefined;
}

/**
 * The folder of an environment's programs; it is made unless it is there. It cannot be renamed: its programs name their
 * folder. So it is made in place, and a file that is written last tells that it is whole; one without is made anew.
 *
 * @throws Error saying why it cannot be had
 */
export async function setUpPythonEnvironment(environment: PythonEnvironment): Promise<string> {
  const { name, requirements } = environment;
  const folder = folderOf(name, requirements);
  const programs = join(folder, "bin");
  if (existsSync(marker(folder))) return programs;
  await makeEnvironment(environment, folder);
  const install = ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
  await runStage(`${name}: installing from Python's registry`, join(programs, "pip"), install);
  writeFileSync(marker(folder), "");
  return programs;
}

/** Another file is another environment. */
function folderOf(name: string, requirements: string): string {
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  return join(cacheFolder(), name, hash);
}

function marker(folder: string): string {
  return join(folder, "complete");
}

/** Debian's Python has a package of its own for this. */
async function makeEnvironment({ name, leastPython }: PythonEnvironment, folder: string): Promise<void> {
  const python = await run("python3", ["--version"]).then(findVersion, () => undefined);
  if (python !== undefined && !isAtLeast(python, leastPython)) {
    throw new Error(`python3 is ${python}, and ${name} needs ${leastPython}`);
  }
  const make = () => run("python3", ["-m", "venv", "--clear", folder]);
  await make().catch(async (refusal: unknown) => {
    const stage = `${name}: installing Python's virtual environments`;
    await installPackages(stage, { "apt-get": ["python3-venv"] }).catch((error: unknown) => {
      throw new Error(`${messageOf(refusal)}; ${messageOf(error)}`);
    });
    await make();
  });
}
