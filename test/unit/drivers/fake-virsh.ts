/** A `virsh` that gives each call its answer, and every later one the last. */

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Virsh } from "../../../drivers/vagrant/virsh";

/** What it says and how it ends. */
export interface FakeAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

export function fakeVirsh(folder: string, ...answers: readonly FakeAnswer[]): Virsh {
  for (const [index, { stdout = "", stderr = "", status = 0 }] of answers.entries()) {
    for (const [stream, text] of Object.entries({ stdout, stderr, status: String(status) })) {
      writeFileSync(join(folder, `${stream}-${String(index)}`), text);
    }
  }
  const path = join(folder, "virsh");
  const last = String(answers.length - 1);
  const script = `#!/bin/sh
cd "${folder}"
call=$(cat call 2>/dev/null || echo 0)
[ "$call" -ge ${last} ] || echo $((call + 1)) >call
cat "stderr-$call" >&2
cat "stdout-$call"
exit "$(cat "status-$call")"
`;
  writeFileSync(path, script);
  chmodSync(path, 0o700);
  return new Virsh({ path, environment: process.env });
}
