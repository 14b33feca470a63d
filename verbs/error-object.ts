/** Errors inside a result: of a run for many, where one that fails stops no other. */

import * as z from "zod";
import { exitStatusOf, type ErrorCode } from "../settings/errors";

/** The contract's error object, as a part of a result. */
export const errorObject = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
  suggestion: z.string(),
});

/** The exit status of the worst of these; 0 where none has an error. */
export function worstExitStatus(
  results: readonly { readonly error?: z.infer<typeof errorObject> | undefined }[],
): number {
  return Math.max(0, ...results.map(({ error }) => (error === undefined ? 0 : exitStatusOf(error.code as ErrorCode))));
}
