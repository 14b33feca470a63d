/** Passwords that only programs use: made of the platform's seed, so that nobody has to keep them. */

import { createHmac } from "node:crypto";

/**
 * The password for a purpose: the same one for the same seed. 43 letters, digits, `-` and `_`.
 *
 * @param purpose names what it opens; no two things may have the same
 */
export function derivedPassword(seed: string, purpose: string): string {
  return createHmac("sha256", seed).update(purpose).digest("base64url");
}
