/** Which state is meant. */

import { parseBackend, type Backend } from "../engine/backend";
import { findInstallation } from "../engine/installation";
import { requireSetup, stackWorkspace, type Workspace } from "../engine/workspace";
import { groundworkHome } from "../host/home";
import { readSetup } from "../host/setup-record";

/**
 * The workspace of a stack in the backend that PULUMI_BACKEND_URL names, else in this host's own, as
 * `vagrantp env -s STACK` has it.
 *
 * @throws CONFIG_INVALID for a URL that is no backend of ours; CONFIG_MISSING without a passphrase;
 *   PROVIDER_NOT_AVAILABLE when `make setup` has not run on this host
 */
export function deliveryWorkspace(stack: string): Workspace {
  const [home, installation] = [groundworkHome(), findInstallation()];
  const setup = requireSetup(readSetup(home), installation);
  return stackWorkspace(home, installation, setup, stack, process.env["PULUMI_BACKEND_URL"] ?? "");
}

/** The backend that keeps the state of a workspace's stack. */
export function backendOf({ variables }: Workspace): Backend {
  return parseBackend(variables["PULUMI_BACKEND_URL"] ?? "");
}
