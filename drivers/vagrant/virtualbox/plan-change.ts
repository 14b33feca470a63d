/** Decides how a machine on VirtualBox is brought to what is desired. Pure. */

import type { ChangeKind } from "../../driver";
import { changeOf } from "../plan-change";

/** Whatever keeps the machine takes a start, at which Vagrant sets it up anew. */
export function changeOfVirtualBox(changed: readonly string[]): ChangeKind {
  const change = changeOf(changed);
  return change === "in place" ? "restart" : change;
}
