/** Looks for drift by the engine. */

import { detectDrift } from "../../engine/operations";
import { GroundworkError } from "../../settings/errors";
import { driftReader, type ResourceDrift } from "../changes/changes";
import type { DeliveryContext } from "../context";

/**
 * Every resource that is not as promised. Nothing is written, the state included.
 *
 * @throws the error of what failed
 */
export async function findDrift({
  workspace,
  signal,
}: Pick<DeliveryContext, "workspace" | "signal">): Promise<readonly ResourceDrift[]> {
  const reader = driftReader();
  const differs = await detectDrift(workspace, { signal, onEvent: (event) => reader.read(event) });
  const found = reader.result();
  if (differs === found.length > 0) return found;
  throw new GroundworkError("ENGINE_FAILED", "The engine's events and its exit status do not say the same of drift.");
}
