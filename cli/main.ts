/** `vagrantp`: the verbs as commands, in text and JSON. Nothing heavy is loaded before the first answer. */

import { findInstallation } from "../engine/installation";

const [first] = process.argv.slice(2);
if (first === "--version" || first === "-V") {
  process.stdout.write(`${findInstallation().version}\n`);
} else {
  void import("./run.js").then(({ run }) => run(process.argv.slice(2)));
}
