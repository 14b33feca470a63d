/** What a saved plan says of itself. */

import { createHash } from "node:crypto";
import * as z from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The contents of a plan's manifest.json. */
export const planManifest = z.strictObject({
  stack: z.string(),
  /** The commit whose program made the plan. */
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** Of the state that it was made from; see state-hash.ts. */
  stateHash: hash,
  /** SHA-256 of plan.json. */
  planHash: hash,
  /** Whether what is real was looked at first. A plan made so and applied otherwise leaves out every repair, in silence. */
  withRefresh: z.boolean(),
  /** ISO 8601, in UTC. */
  createdAt: z.iso.datetime(),
  /** Of the sources that the program was built from; see program-hash.ts. */
  programHash: hash,
  /** The engine's version, e.g. `3.259.0`. */
  pulumiVersion: z.string(),
});

/** See {@link planManifest}. */
export type PlanManifest = z.infer<typeof planManifest>;

/** SHA-256, in hexadecimal digits. */
export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
