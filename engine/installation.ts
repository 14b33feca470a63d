/** Where this copy of Groundwork is. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A checkout, or an unpacked release: the folder with Pulumi.yaml. */
export interface Installation {
  readonly directory: string;
  /** The program's version, from package.json. */
  readonly version: string;
}

/**
 * Finds the installation that a file belongs to.
 *
 * @param from a folder inside it @default the folder of the running program
 * @throws Error when no folder above holds a Pulumi.yaml: the files were torn apart
 */
export function findInstallation(from: string = __dirname): Installation {
  if (existsSync(join(from, "Pulumi.yaml")) && existsSync(join(from, "package.json"))) {
    const { version } = JSON.parse(readFileSync(join(from, "package.json"), "utf8")) as { version: string };
    return { directory: from, version };
  }
  const parent = dirname(from);
  if (parent === from) throw new Error("no folder above the program holds Pulumi.yaml; install Groundwork again");
  return findInstallation(parent);
}
