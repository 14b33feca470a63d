/** Tells whoever started the engine what failed, as the contract's error object. */

import { appendFileSync } from "node:fs";
import { GroundworkError } from "../settings/errors";

/**
 * Appends the error to the file that GROUNDWORK_FAILURE_FILE names. The engine passes only text on;
 * this way `vagrantp` keeps the code, the details and the suggestion. Without the variable, as
 * under plain `pulumi`, nothing is written.
 */
export function recordFailure(error: unknown, environment: NodeJS.ProcessEnv = process.env): void {
  const file = environment["GROUNDWORK_FAILURE_FILE"];
  if (file === undefined || !(error instanceof GroundworkError)) return;
  try {
    appendFileSync(file, `${JSON.stringify(error.toObject())}\n`);
  } catch {
    // The folder for temporary files may be full. The error itself still goes to the engine, as text.
  }
}
