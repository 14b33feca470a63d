/** How programs on this host reach its backends. */
import { publicBox } from "../settings/box";
import type { HostDefaults } from "../settings/host-defaults";
import type { Backend } from "../settings/instance-spec";
import { digestKey, environmentDigest } from "./identity";
import type { Home } from "./home";
import { backendEnvironment, readSetup, type SetupRecord } from "./setup-record";

/** What drivers need to know of this host. */
export interface BackendAccess {
  /** The paths of the backends' programs that set-up recorded; the others are found on the PATH. */
  readonly paths: Readonly<Partial<Record<Backend, string>>>;
  /** `ansible-playbook`, where set-up recorded it. */
  readonly ansible: SetupRecord["ansible"];
  /** The environment for its calls. */
  readonly environment: NodeJS.ProcessEnv;
  /** What virtual machines are made with. */
  readonly machines: {
    readonly directory: string;
    readonly images: string;
    readonly vagrant?: string | undefined;
    readonly box?: SetupRecord["box"];
  };
  /** The digest of an instance's environment, by this host's key. */
  readonly digest: (environment: Readonly<Record<string, string>>) => string;
}

/** Reads the set-up's record; the key is made when it is first needed. */
export function backendAccess(home: Home): BackendAccess {
  const setup = readSetup(home);
  let key: Buffer | undefined;
  return {
    paths: {
      ...(setup?.podman === undefined ? {} : { podman: setup.podman.path }),
      ...(setup?.virsh === undefined ? {} : { libvirt: setup.virsh.path }),
    },
    ansible: setup?.ansible,
    machines: {
      directory: home.machinesDirectory,
      images: home.imagesDirectory,
      vagrant: setup?.vagrant?.path,
      box: setup?.box,
    },
    environment: backendEnvironment(setup, process.env),
    digest: (environment) => environmentDigest((key ??= digestKey(home)), environment),
  };
}

/** The well-known image where set-up has not run; see tools/setup/image.ts. */
const publicImage = "docker.io/library/python:3.13-slim-bookworm";

/** What this host decides where the user says nothing. */
export function hostDefaults(setup: SetupRecord | undefined): HostDefaults {
  return { image: setup?.image.name ?? publicImage, box: setup?.box?.name ?? publicBox };
}
