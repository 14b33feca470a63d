/** A home of a run's own: set up as this host is, and nothing in it is the user's. */

import { mkdtempSync, realpathSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaveOutAutomaticLog } from "../engine/automatic-log";
import { groundworkHome, type Home } from "../host/home";
import { backendEnvironment, writeSetup, type SetupRecord } from "../host/setup-record";

/** Where a run keeps everything of its own. */
export interface OwnHome {
  /** A new folder, for the run to fill and to remove; the home stands in it. */
  readonly root: string;
  readonly home: Home;
  /** The environment of programs that are to use this home. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Makes such a home. Its engine uses the plugins that set-up installed for the user, and keeps all else to itself.
 *
 * @param prefix of the new folder's name
 * @param variables on top of this process's own; undefined takes one away. @default none
 */
export function makeOwnHome(setup: SetupRecord, prefix: string, variables: NodeJS.ProcessEnv = {}): OwnHome {
  const root = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  const environment = { ...process.env, ...variables, GROUNDWORK_HOME: join(root, "home") };
  const home = groundworkHome(environment);
  writeSetup(home, setup);
  leaveOutAutomaticLog(home.pulumiHome);
  symlinkSync(join(groundworkHome().pulumiHome, "plugins"), join(home.pulumiHome, "plugins"));
  return { root, home, environment: backendEnvironment(setup, environment) };
}
