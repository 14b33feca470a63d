/**
 * The folders and the environment that Pulumi runs in. A project's own stack has a generated
 * workspace under the home, never the installation's folder; it reaches the program by links, so
 * that a moved installation changes nothing in the stack.
 */

import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureDirectory, type Home } from "../host/home";
import { backendEnvironment, type SetupRecord } from "../host/setup-record";
import { GroundworkError } from "../settings/errors";
import { backendVariables, parseBackend, type Backend } from "./backend";
import type { Installation } from "./installation";

/** Where one stack lives, and how Pulumi is run for it. */
export interface Workspace {
  /** The folder with Pulumi.yaml. */
  readonly directory: string;
  readonly stack: string;
  /** The variables that plain `pulumi` needs to work on the stack, beside the user's own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What Pulumi needs from the installation's folder. */
const linked = ["Pulumi.yaml", "package.json", "bin", "dist", "node_modules", "plugin"];

/**
 * The name of the workspace and of the stack of a project: `<id>-<hash>`, fixed when it is first made,
 * so that a renamed instance stays in its stack; undefined while there is none.
 *
 * @param hash of the project's path, see `projectHash`
 */
export function findProjectStack(home: Home, hash: string): string | undefined {
  if (!existsSync(home.projectsDirectory)) return undefined;
  return readdirSync(home.projectsDirectory).find((name) => name.endsWith(`-${hash}`));
}

/** The workspace of a project's stack. Nothing is made; see {@link makeProjectWorkspace}. */
export function projectWorkspace(home: Home, installation: Installation, setup: SetupRecord, stack: string): Workspace {
  const directory = join(home.projectsDirectory, stack);
  return {
    directory,
    stack,
    variables: variables(home, installation, setup, join(directory, "state"), join(directory, "passphrase")),
  };
}

/** The workspace of a stack that the installation's own folder configures, such as `dev`, with its state on this host. */
export function installationWorkspace(
  home: Home,
  installation: Installation,
  setup: SetupRecord,
  stack: string,
): Workspace {
  return {
    directory: installation.directory,
    stack,
    variables: variables(home, installation, setup, home.stacksDirectory, home.passphraseFile),
  };
}

/**
 * The workspace of such a stack wherever its state is: in the backend that the user names, else on this host. The passphrase
 * for a backend that the user names is the user's too, in PULUMI_CONFIG_PASSPHRASE or the file that
 * PULUMI_CONFIG_PASSPHRASE_FILE names: Pulumi reads them itself. On this host all is made that is not there yet.
 *
 * @param url of the backend; empty where the user names none
 * @throws CONFIG_INVALID for a URL that is no backend of ours; CONFIG_MISSING without a passphrase
 */
export function stackWorkspace(
  home: Home,
  installation: Installation,
  setup: SetupRecord,
  stack: string,
  url: string,
): Workspace {
  const own = installationWorkspace(home, installation, setup, stack);
  if (url === "" || url === own.variables["PULUMI_BACKEND_URL"]) {
    makeInstallationWorkspace(home);
    return own;
  }
  return workspaceIn(own, parseBackend(url));
}

/**
 * The same workspace with its state in a backend that the user names.
 *
 * @throws CONFIG_MISSING without a passphrase of the user's, see {@link stackWorkspace}
 */
export function workspaceIn({ directory, stack, variables: own }: Workspace, backend: Backend): Workspace {
  requirePassphrase(backend);
  // The passphrase of this host is for its own backend alone.
  const others = Object.entries(own).filter(([name]) => name !== "PULUMI_CONFIG_PASSPHRASE_FILE");
  return { directory, stack, variables: { ...Object.fromEntries(others), ...backendVariables(backend) } };
}

/** An empty passphrase is one, as Pulumi has it. */
function requirePassphrase({ url }: Backend): void {
  const { PULUMI_CONFIG_PASSPHRASE: text, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (text !== undefined || (file !== undefined && file !== "")) return;
  throw new GroundworkError("CONFIG_MISSING", `There is no passphrase for the secrets of the stacks in ${url}.`, {
    suggestion:
      "Write it to a file that only you read, and name that by `export PULUMI_CONFIG_PASSPHRASE_FILE=/path/to/passphrase`.",
  });
}

/** Makes the folder, its links, the state's folder and the passphrase, as far as they are not there. */
export function makeProjectWorkspace(workspace: Workspace, installation: Installation): void {
  ensureDirectory(workspace.directory);
  ensureDirectory(join(workspace.directory, "state"));
  for (const name of linked) link(join(installation.directory, name), join(workspace.directory, name));
  ensurePassphrase(join(workspace.directory, "passphrase"));
}

/** Makes the state's folder and the passphrase of the shared stacks, as far as they are not there. */
export function makeInstallationWorkspace(home: Home): void {
  ensureDirectory(home.stacksDirectory);
  ensurePassphrase(home.passphraseFile);
}

function link(target: string, path: string): void {
  if (readlink(path) === target) return;
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

function readlink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function ensurePassphrase(file: string): void {
  try {
    writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function variables(
  home: Home,
  installation: Installation,
  setup: SetupRecord,
  state: string,
  passphrase: string,
): Record<string, string> {
  return {
    ...common(home, installation, setup),
    ...backendVariables({ kind: "folder", url: pathToFileURL(state).href, directory: state }),
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
  };
}

/** What is the same wherever the state is. */
function common(home: Home, installation: Installation, setup: SetupRecord): Record<string, string> {
  const programs = [join(installation.directory, "node_modules", ".bin"), dirname(setup.engine.path)];
  const { CONTAINERS_CONF } = backendEnvironment(setup, process.env);
  return {
    PATH: [...programs, process.env["PATH"] ?? ""].join(delimiter),
    GROUNDWORK_HOME: home.root,
    PULUMI_HOME: home.pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // A plugin on the PATH would take the place of the one that set-up installed.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    NODE_COMPILE_CACHE: join(home.root, "compile-cache"),
    ...(CONTAINERS_CONF === undefined ? {} : { CONTAINERS_CONF }),
  };
}

/**
 * The set-up, or the error that says how to make it.
 *
 * @throws PROVIDER_NOT_AVAILABLE when `make setup` has not run on this host
 */
export function requireSetup(setup: SetupRecord | undefined, installation: Installation): SetupRecord {
  if (setup !== undefined) return setup;
  throw new GroundworkError("PROVIDER_NOT_AVAILABLE", "Groundwork is not set up on this host yet", {
    suggestion: `Run \`make setup\` in ${installation.directory}.`,
  });
}
