/** A hash of a stack's state that stays when nothing of the stack has changed. Pure. */

import { canonicalJson } from "../../settings/canonical-json";
import { GroundworkError } from "../../settings/errors";
import { isSecret, secretText } from "../changes/shown";
import { sha256 } from "./manifest";

interface Deployment {
  readonly resources?: readonly { readonly urn: string; readonly id?: string; readonly delete?: boolean }[];
  readonly [name: string]: unknown;
}

/**
 * The hash of what `pulumi stack export` printed.
 *
 * An update that changes nothing writes the state all the same: the time, the order of the resources, and every secret
 * encrypted anew. These are left out. A secret that really changed is seen by its resource's time of change.
 *
 * @throws ENGINE_FAILED when it is no export
 */
export function stateHash(exported: string): string {
  const { deployment } = parse(exported);
  const { resources = [] } = deployment;
  const sorted = [...resources].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return sha256(canonicalJson(withoutCiphertexts({ ...deployment, manifest: undefined, resources: sorted })));
}

/** Of two with one URN, one waits to be deleted. */
function keyOf({ urn, id = "", delete: isLeft = false }: NonNullable<Deployment["resources"]>[number]): string {
  return [urn, isLeft, id].join("\n");
}

function withoutCiphertexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCiphertexts);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return secretText;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutCiphertexts(part)]));
}

function parse(exported: string): { deployment: Deployment } {
  try {
    const parsed = JSON.parse(exported) as { deployment?: Deployment | null } | null;
    if (parsed !== null && typeof parsed === "object") return { deployment: parsed.deployment ?? {} };
  } catch {
    // Said below.
  }
  throw new GroundworkError("ENGINE_FAILED", "`pulumi stack export` printed no state.");
}
