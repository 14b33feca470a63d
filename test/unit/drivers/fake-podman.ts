/** A `podman` that answers from files and writes down what it was asked: for what is decided before podman acts. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { podman } from "../../../drivers/containers/podman";
import { ContainerProgram } from "../../../drivers/containers/program";

/** One answer; the same to every call. */
export interface FakeAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

export interface FakePodman {
  readonly path: string;
  readonly process: ContainerProgram;
  /** The arguments of each call so far. */
  calls(): string[][];
}

export function fakePodman(folder: string, { stdout = "", stderr = "", status = 0 }: FakeAnswer): FakePodman {
  writeFileSync(join(folder, "stdout"), stdout);
  writeFileSync(join(folder, "stderr"), stderr);
  const path = writeProgram(
    folder,
    // In one write, because two may be called at once.
    `printf '%s\\0' "$@" '
' >> "${folder}/calls"
cat "${folder}/stderr" >&2
cat "${folder}/stdout"
exit ${String(status)}`,
  );
  return { path, process: new ContainerProgram(podman, { path }), calls: () => readCalls(join(folder, "calls")) };
}

/** Writes an executable shell script named podman. */
export function writeProgram(folder: string, script: string): string {
  const path = join(folder, "podman");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return path;
}

function readCalls(file: string): string[][] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\0\n\0");
  return lines.filter((line) => line !== "").map((line) => line.split("\0"));
}
