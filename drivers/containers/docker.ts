/** Docker Engine 20.10 and later. */

import { isAbsolute } from "node:path";
import type { VolumeMount } from "../../settings/instance-spec";
import { limitArguments, volumeArguments, type Dialect } from "./dialect";

/** Docker's way of saying things. */
export const docker: Dialect = {
  name: "docker",
  removeAtOnce: ["rm", "--force"],
  mountArguments: (volume) => (isAbsolute(volume.source) ? bindArguments(volume) : volumeArguments(volume)),
  // A name without a value goes, but only where the client's own environment does not have it: empty is the same everywhere.
  unsetArguments: (name) => ["--env", `${name}=`],
  networkArguments: [],
  forgetsIsolation: false,
  bridgeArguments: ["--internal"],
  rootlessArguments: ["info", "--format", "{{.SecurityOptions}}"],
  // Memory with swap was set to twice the memory when the container was made, and memory alone may not exceed it.
  updateArguments: (limits) => [...limitArguments(limits), "--memory-swap", `${String(2 * limits.memoryMiB)}m`],
};

/** With `--volume`, Docker makes a directory that is not there, and root owns it. */
function bindArguments({ source, target, readOnly }: VolumeMount): readonly string[] {
  const fields = ["type=bind", `source=${source}`, `target=${target}`, ...(readOnly ? ["readonly"] : [])];
  return ["--mount", fields.map(quoteField).join(",")];
}

/** The fields are one line of CSV. */
function quoteField(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
