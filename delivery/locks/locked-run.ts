/** A run that takes the engine's lock of a stack: noted beside the state, and refused in words that help. */

import { GroundworkError } from "../../settings/errors";
import type { DeliveryContext } from "../context";
import { backendStorage } from "../storage/storage";
import { backendOf } from "../workspace";
import { jobStateOf } from "./job-state";
import { locksOf } from "./locks";
import { withNote } from "./notes";
import { lineOf } from "./verdict";

/**
 * Does something that takes the engine's lock.
 *
 * @throws what the work throws; a LOCKED says who has the lock, since when, and what to do
 */
export async function lockedRun<T>(context: DeliveryContext, work: () => Promise<T>): Promise<T> {
  try {
    return await withNote(context, work);
  } catch (error) {
    if (!(error instanceof GroundworkError && error.code === "LOCKED")) throw error;
    throw (await explained(context)) ?? error;
  }
}

/** Undefined where the lock is gone by now. */
async function explained({ workspace, storage }: DeliveryContext): Promise<GroundworkError | undefined> {
  const { stack } = workspace;
  const locks = await locksOf({ workspace, storage, backend: backendStorage(backendOf(workspace)) }, jobStateOf);
  const [first] = locks;
  if (first === undefined) return undefined;
  const { verdict } = first;
  return new GroundworkError("LOCKED", `The stack ${stack} is locked, and nothing was changed`, {
    violations: locks.map((lock) => ({ message: lineOf(lock) })),
    suggestion:
      verdict.state === "gone" ? `Run \`bin/delivery unlock -s ${stack} --yes\`, then preview again.` : verdict.advice,
  });
}
