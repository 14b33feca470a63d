/** What every outcome of the tool must satisfy, and how tests wait for one. */

import { existsSync, readdirSync } from "node:fs";
import type { ErrorObject } from "../../settings/errors";
import { Ledger } from "../../host/ledger";
import type { LedgerEntry } from "../../host/promises";
import { defaultFile, projectHash } from "../../settings/identity";
import type { Ended, Sandbox } from "../support/sandbox";

/** A line of a JavaScript stack trace. */
export const stackTrace = /^\s+at .*\.[cm]?[jt]s:\d+/m;

/** Both streams of an ended program. */
export function saidBy({ stdout, stderr }: Ended): string {
  return `${stdout}${stderr}`;
}

/** Fails, showing what was said, unless the program ended with this status. */
export function expectExit(ended: Ended, exitCode: number): void {
  if (ended.exitCode !== exitCode) {
    throw new Error(`ended with ${ended.exitCode} instead of ${exitCode}, and said:\n${saidBy(ended)}`);
  }
}

/** The error object that a run with `--json` printed; fails unless that is all it printed. */
export function errorOf(ended: Ended): ErrorObject["error"] {
  const lines = ended.stdout.split("\n");
  expect(lines).toEqual([expect.stringMatching(/^\{/), ""]);
  const printed = JSON.parse(lines[0]!) as ErrorObject;
  expect(Object.keys(printed)).toEqual(["error"]);
  expect(Object.keys(printed.error).sort()).toEqual(["code", "details", "message", "suggestion"]);
  return printed.error;
}

/** Everything that the sandbox's ledger holds. */
export function ledgerEntries(sandbox: Sandbox): LedgerEntry[] {
  using ledger = Ledger.open(sandbox.home);
  return ledger.entries();
}

/** Every container of the sandbox's projects, as `<id> <name> <state>`, sorted. */
export async function containersOf(sandbox: Sandbox): Promise<readonly string[]> {
  const { projectsDirectory } = sandbox.home;
  const stacks = existsSync(projectsDirectory) ? readdirSync(projectsDirectory) : [];
  const listed = await Promise.all(
    stacks.map((stack) =>
      sandbox.podman("ps", "--all", "--format", "json", "--filter", `label=groundwork.stack=${stack}`),
    ),
  );
  const containers = listed.flatMap((each) => JSON.parse(each) as { Id: string; Names: string[]; State: string }[]);
  return containers.map(({ Id, Names, State }) => `${Id} ${Names.join(",")} ${State}`).sort();
}

/** The networks that were made for a project and are still there. */
export async function networksOf(sandbox: Sandbox, directory: string): Promise<readonly string[]> {
  const all = await sandbox.podman("network", "ls", "--format", "{{.Name}}");
  return all.split("\n").filter((name) => name.includes(`-${projectHash(directory, defaultFile)}-`));
}

/** Resolves once the condition holds; fails after two minutes, or as many as are given. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMinutes = 2,
): Promise<void> {
  const limit = Date.now() + limitMinutes * 60_000;
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
