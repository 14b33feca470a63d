/** How programs on this host reach its backends. */
import { digestKey, environmentDigest } from "./identity";
import type { Home } from "./home";
import { backendEnvironment, readSetup } from "./setup-record";

/** What a driver needs to know of this host. */
export interface BackendAccess {
  /** The path of the backend's program. @default found on the PATH */
  readonly path: string | undefined;
  /** The environment for its calls. */
  readonly environment: NodeJS.ProcessEnv;
  /** The digest of an instance's environment, by this host's key. */
  readonly digest: (environment: Readonly<Record<string, string>>) => string;
}

/** Reads the set-up's record; the key is made when it is first needed. */
export function backendAccess(home: Home): BackendAccess {
  const setup = readSetup(home);
  let key: Buffer | undefined;
  return {
    path: setup?.podman?.path,
    environment: backendEnvironment(setup, process.env),
    digest: (environment) => environmentDigest((key ??= digestKey(home)), environment),
  };
}
