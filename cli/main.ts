/** `vagrantp`: the verbs as commands, in text and JSON. Nothing heavy is loaded before the first answer. */

import { findInstallation } from "../engine/installation";
import { readCommandLine } from "./command-line";
import { openProgress } from "./progress/progress-report";
import { goOnWithoutReaders } from "./readers";
import type * as Run from "./run";

goOnWithoutReaders();
const line = readCommandLine(process.argv.slice(2));
if (line.version) {
  process.stdout.write(`${findInstallation().version}\n`);
} else {
  const progress = openProgress(process.stderr, line.json, process.env);
  if (line.takesLong) progress.tell({ stage: "read project", message: "reading the project" });
  // `import` would take Node's second loader, which costs as much as the verb.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a bundle of its own
  const { run } = require("./run.js") as typeof Run;
  void run(line, progress);
}
