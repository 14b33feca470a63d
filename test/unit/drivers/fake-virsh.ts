/** A `virsh` that gives every call the same answer. */

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Virsh } from "../../../drivers/vagrant/virsh";

/** What it says and how it ends. */
export interface FakeAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

export function fakeVirsh(folder: string, { stdout = "", stderr = "", status = 0 }: FakeAnswer): Virsh {
  writeFileSync(join(folder, "stdout"), stdout);
  writeFileSync(join(folder, "stderr"), stderr);
  const path = join(folder, "virsh");
  writeFileSync(path, `#!/bin/sh\ncat "${folder}/stderr" >&2\ncat "${folder}/stdout"\nexit ${String(status)}\n`);
  chmodSync(path, 0o700);
  return new Virsh({ path, environment: process.env });
}
