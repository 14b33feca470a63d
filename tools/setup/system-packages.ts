/** Installs packages of the system, where set-up may: as root, or by sudo without a password. */

import { run, runStage } from "./processes";

/** A package manager, and how it installs. */
interface PackageManager {
  readonly program: string;
  readonly install: readonly string[];
  /** What must run before `install` can find packages. */
  readonly refresh?: readonly string[];
  /** Homebrew refuses to run as root and needs no root. */
  readonly asUser?: boolean;
}

const packageManagers: readonly PackageManager[] = [
  { program: "apt-get", install: ["install", "-y", "--no-install-recommends"], refresh: ["update"] },
  { program: "dnf", install: ["install", "-y"] },
  { program: "zypper", install: ["--non-interactive", "install"] },
  { program: "pacman", install: ["-S", "--noconfirm", "--needed"], refresh: ["-Sy"] },
  { program: "brew", install: ["install"], asUser: true },
];

/** What is to be installed, by package manager. */
export type Packages = Readonly<Record<string, readonly string[]>>;

/**
 * The words that come before a command so that it runs as root: none for root, `sudo -n` where that works.
 *
 * @returns undefined where there is no way
 */
export async function asRoot(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const answer = await run("sudo", ["-n", "true"], { timeoutSeconds: 5 }).catch(() => undefined);
  return answer === undefined ? undefined : ["sudo", "-n"];
}

/**
 * Installs packages.
 *
 * @throws Error with the command for a person to run, where set-up may not or it fails
 */
export async function installPackages(stage: string, packages: Packages): Promise<void> {
  const manager = await presentPackageManager();
  const names = manager === undefined ? undefined : packages[manager.program];
  if (manager === undefined || names === undefined) throw new Error("there is no package manager that set-up knows");
  const root = manager.asUser === true ? [] : await asRoot();
  const command = [manager.program, ...manager.install, ...names];
  if (root === undefined) throw new Error(`set-up may not install packages; run: sudo ${command.join(" ")}`);
  await install(stage, manager, names, root);
}

/** The lists of packages are brought up to date only where the installation fails without that. */
async function install(
  stage: string,
  manager: PackageManager,
  names: readonly string[],
  root: readonly string[],
): Promise<void> {
  const execute = async (parameters: readonly string[]) => {
    const [program = "", ...rest] = [...root, manager.program, ...parameters];
    await runStage(stage, program, rest, { env: { DEBIAN_FRONTEND: "noninteractive" } });
  };
  try {
    await execute([...manager.install, ...names]);
  } catch (error) {
    if (manager.refresh === undefined) throw error;
    await execute(manager.refresh);
    await execute([...manager.install, ...names]);
  }
}

async function presentPackageManager(): Promise<PackageManager | undefined> {
  for (const manager of packageManagers) {
    const answer = await run(manager.program, ["--version"]).catch(() => undefined);
    if (answer !== undefined) return manager;
  }
  return undefined;
}
