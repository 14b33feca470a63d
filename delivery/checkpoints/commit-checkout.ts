/** The program of an earlier commit, checked out and built in a folder of its own, so that the checkout itself stays as it is. */

import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { x } from "tinyexec";
import type { Workspace } from "../../engine/workspace";
import { identifyProcess } from "../../host/processes";
import { GroundworkError } from "../../settings/errors";
import type { DeliveryContext } from "../context";

/** How much of what a program said last an error shows. */
const shownLines = 10;

/**
 * Gives `use` the workspace of the same stack, with the program and the settings of this commit. The folder is removed
 * when `use` has ended.
 *
 * @throws INFRA_NOT_FOUND when there is no such commit, here or at `origin`; ENGINE_FAILED when it cannot be built
 */
export async function atCommit<T>(
  { workspace, say }: Pick<DeliveryContext, "workspace" | "say">,
  commit: string,
  use: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const git = (...parameters: string[]) => succeed("git", parameters, workspace.directory);
  await removeLeft(workspace.directory);
  await findCommit(workspace.directory, commit);
  const folder = mkdtempSync(join(tmpdir(), `groundwork-commit-${process.pid}-`));
  const directory = join(folder, "checkout");
  try {
    say(`Checking out and building ${commit} in ${directory}.`);
    await git("worktree", "add", "--detach", directory, commit);
    await build(workspace.directory, directory);
    return await use(movedTo(directory, workspace));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await git("worktree", "prune");
  }
}

/** Removes the folders of runs that were killed: each is named by its process. */
async function removeLeft(directory: string): Promise<void> {
  const { output } = await run("git", ["worktree", "list", "--porcelain"], directory);
  for (const [, folder = "", pid] of output.matchAll(/^worktree (.*\/groundwork-commit-(\d+)-\w+)\/checkout$/gm)) {
    if (identifyProcess(Number(pid)) === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** Clones of CI are shallow: what is missing is fetched. */
async function findCommit(directory: string, commit: string): Promise<void> {
  const isHere = async () => (await run("git", ["cat-file", "-e", `${commit}^{commit}`], directory)).exitCode === 0;
  if (await isHere()) return;
  const { output } = await run("git", ["fetch", "--quiet", "--depth", "1", "origin", commit], directory);
  if (await isHere()) return;
  throw new GroundworkError(
    "INFRA_NOT_FOUND",
    `The commit ${commit} is not in this clone and not at origin: ${output}`,
    {
      suggestion: "Bring it here, for example by `git fetch --unshallow`, or choose another checkpoint.",
    },
  );
}

/** With the same packages those that are here do; others are installed. */
async function build(from: string, directory: string): Promise<void> {
  const lockOf = (folder: string) => readFileSync(join(folder, "package-lock.json"));
  if (lockOf(from).equals(lockOf(directory))) {
    // `make` would install into them: its mark is older than the lock file that was just checked out.
    symlinkSync(join(from, "node_modules"), join(directory, "node_modules"));
    await succeed(process.execPath, ["tools/build.mjs"], directory);
  } else {
    await succeed("make", ["build"], directory);
  }
}

/** Its own programs first; the state, and what opens it, are the same. */
function movedTo(directory: string, { stack, variables }: Workspace): Workspace {
  const programs = join(directory, "node_modules", ".bin");
  return { directory, stack, variables: { ...variables, PATH: [programs, variables["PATH"]].join(delimiter) } };
}

async function succeed(program: string, parameters: readonly string[], directory: string): Promise<void> {
  const { exitCode, output } = await run(program, parameters, directory);
  if (exitCode === 0) return;
  const last = output.split("\n").slice(-shownLines).join("\n");
  const command = [program, ...parameters].join(" ");
  throw new GroundworkError("ENGINE_FAILED", `\`${command}\` ended with ${String(exitCode)} in ${directory}: ${last}`);
}

async function run(program: string, parameters: readonly string[], directory: string) {
  const options = { nodePath: false, nodeOptions: { cwd: directory, env: process.env } };
  const { exitCode, stdout, stderr } = await x(program, [...parameters], options);
  return { exitCode: exitCode ?? -1, output: `${stdout}${stderr}`.trim() };
}
