/** A project directory and a home of one test's own, and the verbs in them. */
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Home } from "../../../host/home";
import { writeSetup } from "../../../host/setup-record";
import { verbNames } from "../../../verbs";
import type { Verb, VerbContext } from "../../../verbs/verb";

/** All verbs, loaded at once, so that tests can be made of them. */
export const verbs: readonly Verb[] = verbNames.map(
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the product loads a verb only when it is run
  (name) => (require(`../../../verbs/${name}`) as Readonly<Record<string, Verb>>)[name]!,
);

/** A context for verbs in a project `web` beside the home. */
export function contextIn(home: Home): VerbContext {
  const directory = join(dirname(home.root), "web");
  mkdirSync(directory, { recursive: true });
  return {
    directory: realpathSync(directory),
    home,
    installation: { directory: "/opt/groundwork", version: "1.2.3" },
    progress: () => undefined,
    signal: new AbortController().signal,
    terminal: false,
    capture: false,
  };
}

/** The shell scripts that stand in for the programs that set-up found. */
export interface Programs {
  /** @default every call fails with status 125 */
  readonly podman?: string;
  /** @default every call fails with status 1 */
  readonly pulumi?: string;
}

/** What podman answers when nothing is there. */
export const emptyPodman = "echo '[]'; echo 'Error: no such container web' >&2; exit 125";

/** Says that set-up has run. */
export function setUp(home: Home, { podman = "exit 125", pulumi = "exit 1" }: Programs = {}): void {
  const programs = join(dirname(home.root), "programs");
  mkdirSync(programs, { recursive: true });
  const write = (name: string, script: string) => {
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o700);
    return join(programs, name);
  };
  const plugin = join(home.pulumiHome, "plugins", "resource-command-v1.2.1");
  mkdirSync(plugin, { recursive: true });
  writeFileSync(join(plugin, "pulumi-resource-command"), "");
  writeSetup(home, {
    node: process.execPath,
    engine: { path: write("pulumi", pulumi), version: "3.259.0", origin: "downloaded" },
    commandPlugin: { version: "1.2.1", origin: "official" },
    podman: { path: write("podman", podman), version: "4.3.1" },
    image: { name: "localhost/image:1", origin: "built" },
  });
}

/** Runs a verb as the command line does: its input is parsed by its schema first. */
export async function runVerb(
  name: string,
  context: VerbContext,
  input: Record<string, unknown> = {},
): Promise<unknown> {
  const verb = verbs.find((one) => one.name === name)!;
  return verb.run(verb.input.parse(input), context);
}

/** A verb's output for people. */
export function textOf(name: string, output: unknown): string {
  return verbs.find((one) => one.name === name)!.text(output);
}

/** The exit status of a verb's output. */
export function exitStatusOf(name: string, output: unknown): number {
  return verbs.find((one) => one.name === name)?.exitStatus?.(output) ?? 0;
}
