/** How a platform is looked at after an apply, where its cluster answers strangely. kubectl is a stand-in. */

import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { checkPlatform } from "../../delivery/plan/platform-verification";
import { useTemporaryFolder } from "../support/temporary-folder";

const folder = useTemporaryFolder();
const before = process.env["PATH"];
afterEach(() => void (process.env["PATH"] = before));

const quiet = { signal: new AbortController().signal, say: () => undefined };
const atOnce = { limitMs: 0, probeLimitMs: 0, smokeLimitMs: 1000 };

const nothing = `echo '{ "items": [] }'`;

/** Puts a kubectl before all others that does this. */
function standIn(script: string): void {
  writeFileSync(join(folder(), "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env["PATH"] = `${folder()}${delimiter}${before ?? ""}`;
}

test("an answer about applications that cannot be understood does not pass for an answer of none", async () => {
  standIn(`case "$*" in *applications*) echo 'no JSON' ;; *) ${nothing} ;; esac`);
  await expect(checkPlatform({ kubeconfig: "" }, "prod", [], quiet, atOnce)).rejects.toThrow(SyntaxError);
});
