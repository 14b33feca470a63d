/** How custom resource definitions that were made by us are told from others. */

import type { DefinitionSet } from "../settings/platform/definitions";

/** The label by which they are found again. */
export const managedLabel = "groundwork.dev/definitions";
/** Names the set and the version that a definition is of. */
export const setAnnotation = "groundwork.dev/definition-set";

/** `argocd 3.4.4`. */
export function describeSet({ name, version }: DefinitionSet): string {
  return `${name} ${version}`;
}
