/** Where a machine's files are: its Vagrantfile, its key, and how it is reached by SSH. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InstanceIdentity } from "../../settings/instance-properties";

/** The paths of one machine's files. */
export interface MachineFolder {
  readonly path: string;
  readonly vagrantfile: string;
  /** Vagrant's own state. */
  readonly dotfiles: string;
  /** The key pair that was made for the machine. */
  readonly key: string;
  /** What ssh is told with `-F`. */
  readonly sshConfig: string;
  readonly knownHosts: string;
  /** The socket of the ssh that forwards its ports. Short: a socket's path has at most 107 bytes. */
  readonly controlSocket: string;
  /** The variables inside, as a shell reads them. Secret. */
  readonly environment: string;
  /** Whose machine it is. */
  readonly identity: string;
}

/** The folder of the machine with this id. Nothing is made. */
export function machineFolder(machines: string, uuid: string): MachineFolder {
  const path = join(machines, uuid.slice(0, 8));
  return {
    path,
    vagrantfile: join(path, "Vagrantfile"),
    dotfiles: join(path, "vagrant"),
    key: join(path, "id_ed25519"),
    sshConfig: join(path, "ssh_config"),
    knownHosts: join(path, "known_hosts"),
    controlSocket: join(path, "ssh"),
    environment: join(path, "environment.sh"),
    identity: join(path, "identity.json"),
  };
}

const keys = ["host", "stack", "id", "backend"] as const;

/** What a folder says of its machine. */
export interface FolderIdentity extends InstanceIdentity {
  readonly uuid: string;
}

/** Makes the folder of a machine, readable by its owner alone. */
export function makeMachineFolder(machines: string, identity: FolderIdentity): MachineFolder {
  const folder = machineFolder(machines, identity.uuid);
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  writeFileSync(folder.identity, JSON.stringify(identity), { mode: 0o600 });
  return folder;
}

/** The machines of an instance at its backend that have a folder: more than one where a run was killed. */
export function foldersOf(machines: string, identity: InstanceIdentity): readonly FolderIdentity[] {
  if (!existsSync(machines)) return [];
  return readdirSync(machines)
    .flatMap((name) => readIdentity(join(machines, name, "identity.json")))
    .filter((found) => keys.every((key) => found[key] === identity[key]));
}

/** Forgets a machine. */
export function removeMachineFolder(machines: string, uuid: string): void {
  rmSync(machineFolder(machines, uuid).path, { recursive: true, force: true });
}

function readIdentity(file: string): readonly FolderIdentity[] {
  try {
    return [JSON.parse(readFileSync(file, "utf8")) as FolderIdentity];
  } catch {
    // A run was killed before it had written it: then nothing was made either.
    return [];
  }
}
