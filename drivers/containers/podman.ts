/** Podman 4.3 and later. */

import { limitArguments, volumeArguments, type Dialect } from "./dialect";

/** Podman's way of saying things. */
export const podman: Dialect = {
  name: "podman",
  // Without a time it waits ten seconds for the program inside.
  removeAtOnce: ["rm", "--force", "--time", "0"],
  mountArguments: volumeArguments,
  unsetArguments: (name) => ["--unsetenv", name],
  // Without it, containers of all networks reach each other by address. It holds between networks that have it.
  networkArguments: ["--opt", "isolate=true"],
  forgetsIsolation: true,
  listsNetworks: ["network", "ls", "--format", "json"],
  listsStorage: ["ps", "--all", "--external", "--format", "json"],
  // A name there would be that of any project's instance.
  bridgeArguments: ["--opt", "isolate=true", "--internal", "--disable-dns"],
  rootlessArguments: ["info", "--format", "{{.Host.Security.Rootless}}"],
  updateArguments: limitArguments,
};
