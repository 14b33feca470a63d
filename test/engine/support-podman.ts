/** A `podman` that tells what it was asked, and misbehaves where a test wants it to. */

import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSetup } from "../../host/setup-record";
import { hostSetup, type Sandbox } from "../support/sandbox";
import { until } from "./support-outcome";

/** The `podman` of one sandbox. */
export class WrappedPodman {
  private readonly log: string;
  private readonly program: string;

  /** From now on the sandbox's tool calls this program, which calls the real one. */
  constructor(private readonly sandbox: Sandbox) {
    const folder = join(sandbox.root, "wrapped");
    mkdirSync(folder, { recursive: true });
    this.log = join(folder, "calls");
    this.program = join(folder, "podman");
    this.behave("");
    usePodman(sandbox, this.program);
  }

  /**
   * Runs these lines of shell before each call; `$1` is podman's subcommand and `$dir` a folder of
   * the wrapper's own. What they print on standard error is podman's, and `exit` ends the call.
   */
  behave(script: string): void {
    const real = hostSetup!.podman!.path;
    const lines = [
      "#!/bin/sh",
      `dir='${join(this.sandbox.root, "wrapped")}'`,
      `real='${real}'`,
      `printf '%s\\n' "$*" >> "$dir/calls"`,
      script,
      'exec "$real" "$@"',
    ];
    // A running shell reads its script as it goes, so a new behaviour is a new file.
    writeFileSync(`${this.program}.new`, `${lines.join("\n")}\n`);
    chmodSync(`${this.program}.new`, 0o755);
    renameSync(`${this.program}.new`, this.program);
  }

  /** The calls so far, each as one line of arguments. */
  get calls(): readonly string[] {
    if (!existsSync(this.log)) return [];
    return readFileSync(this.log, "utf8").split("\n").slice(0, -1);
  }

  /** Forgets the calls so far. */
  forgetCalls(): void {
    writeFileSync(this.log, "");
  }

  /** Makes the next call of this subcommand wait, before it does anything, until {@link release}; at most two minutes. */
  holdNext(subcommand: string): void {
    this.behave(`
      if [ "$1" = ${subcommand} ] && [ ! -e "$dir/held" ]; then
        : > "$dir/held"
        tries=0
        while [ ! -e "$dir/released" ] && [ $tries -lt 1200 ]; do tries=$((tries + 1)); sleep 0.1; done
      fi`);
  }

  /** Resolves once a call is held. */
  held(): Promise<void> {
    return until("a podman call is held", () => existsSync(join(this.sandbox.root, "wrapped", "held")));
  }

  /** Lets the held call go on. */
  release(): void {
    writeFileSync(join(this.sandbox.root, "wrapped", "released"), "");
  }
}

/** The sandbox's tool calls this `podman`. */
export function usePodman(sandbox: Sandbox, path: string): void {
  const setup = hostSetup!;
  writeSetup(sandbox.home, { ...setup, podman: { ...setup.podman!, path } });
}

/** The sandbox's tool calls the host's own `podman` again. */
export function useRealPodman(sandbox: Sandbox): void {
  writeSetup(sandbox.home, hostSetup!);
}
