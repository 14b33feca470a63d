/** Where Groundwork keeps what it must remember on this host. */
import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { GroundworkError } from "../settings/errors";
import { unwritable } from "./system-errors";
import { hashMachineId, readMachineId } from "./machine-id";

/** The paths Groundwork keeps its things at. All lie under `root`; none need exist yet. */
export interface Home {
  readonly root: string;
  /** The SQLite file with every promise made on this host. It names the host: a home may be shared over a network. */
  readonly ledgerFile: string;
  /** Where the ledger was before its name told the host. */
  readonly oldLedgerFile: string;
  /** One directory for each project: its generated Pulumi workspace and its state. */
  readonly projectsDirectory: string;
  /** Pulumi's file backend for shared stacks such as `dev`. */
  readonly stacksDirectory: string;
  /** PULUMI_HOME of the engine that we start, so that the user's own `~/.pulumi` is never touched. */
  readonly pulumiHome: string;
  /** What `make setup` found and installed. */
  readonly setupFile: string;
  /** The key of the digests that stand for secrets in state. */
  readonly digestKeyFile: string;
  /** The passphrase of the shared stacks in `stacksDirectory`. */
  readonly passphraseFile: string;
  /** The host's identity where the system has none of its own. */
  readonly hostIdFile: string;
  /** One directory for each content of a `requirements.yml`: the collections and roles that it names. */
  readonly requirementsDirectory: string;
  /** One directory for each virtual machine: its Vagrantfile, its key, and how it is reached by SSH. */
  readonly machinesDirectory: string;
  /** Cloud images that were downloaded; they can be downloaded again. */
  readonly imagesDirectory: string;
  /** How long the stages of runs took on this host. */
  readonly stageHistoryFile: string;
}

/**
 * Finds the home: GROUNDWORK_HOME, else `$XDG_STATE_HOME/groundwork`, else `~/.local/state/groundwork`.
 * Touches nothing; see {@link ensureDirectory}.
 *
 * @throws GroundworkError CONFIG_INVALID when GROUNDWORK_HOME is relative, or there is no home directory.
 */
export function groundworkHome(env: NodeJS.ProcessEnv = process.env): Home {
  const root = env["GROUNDWORK_HOME"] || join(stateHome(env), "groundwork");
  if (!isAbsolute(root)) {
    throw new GroundworkError("CONFIG_INVALID", `GROUNDWORK_HOME must be an absolute path; it is "${root}".`, {
      suggestion: `Set GROUNDWORK_HOME to an absolute path, for example "$PWD/${root}".`,
    });
  }
  const machineId = readMachineId();
  return {
    root,
    ledgerFile: join(
      root,
      machineId === undefined ? "ledger-host.sqlite" : `ledger-${hashMachineId(machineId)}.sqlite`,
    ),
    oldLedgerFile: join(root, "ledger.sqlite"),
    projectsDirectory: join(root, "projects"),
    stacksDirectory: join(root, "stacks"),
    pulumiHome: join(root, "pulumi"),
    setupFile: join(root, "setup.json"),
    digestKeyFile: join(root, "digest.key"),
    passphraseFile: join(root, "passphrase"),
    hostIdFile: join(root, "host-id"),
    machinesDirectory: join(root, "machines"),
    imagesDirectory: join(root, "images"),
    requirementsDirectory: join(root, "requirements"),
    stageHistoryFile: join(root, "stage-history.json"),
  };
}

/**
 * A number that depends on the home alone. Searches that begin there keep two homes on one host apart, though neither
 * knows of the other.
 *
 * @returns an integer from 0, below 2^32
 */
export function homeSeed(home: Home): number {
  return createHash("sha256").update(home.root).digest().readUInt32BE();
}

/**
 * Makes a directory of the home, readable by its owner alone, unless it is there.
 *
 * @returns the path it was given
 * @throws GroundworkError CONFIG_INVALID when it cannot be made or written; INSUFFICIENT_RESOURCES when the disk is full.
 */
export function ensureDirectory(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** The XDG base directory for state. A relative XDG_STATE_HOME is ignored, as the XDG specification asks. */
function stateHome(env: NodeJS.ProcessEnv): string {
  const xdg = env["XDG_STATE_HOME"];
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(userHome(env), ".local", "state");
}

function userHome(env: NodeJS.ProcessEnv): string {
  const home = env["HOME"] || accountHome();
  if (home === undefined || !isAbsolute(home)) {
    throw new GroundworkError("CONFIG_INVALID", "There is no home directory to keep Groundwork's state in.", {
      suggestion: "Set GROUNDWORK_HOME, or HOME, to a directory of yours.",
    });
  }
  return home;
}

/** The home directory in the account database; undefined for a user that is not in it. */
function accountHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}
