/** How programs on this host reach its backends. */
import type { HostDefaults } from "../settings/host-defaults";
import { digestKey, environmentDigest } from "./identity";
import type { Home } from "./home";
import { backendEnvironment, readSetup, type SetupRecord } from "./setup-record";

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

/** The image that set-up makes where no registry is in reach; see tools/setup/image.ts. */
const builtImage = "localhost/groundwork/debian-python:12";

/** What this host decides where the user says nothing. */
export function hostDefaults(setup: SetupRecord | undefined): HostDefaults {
  return { image: setup?.image.name ?? builtImage };
}
