import type { GroundworkError } from "../../settings/errors";

/** The error that some work throws; fails when it throws none. */
export function errorOf(work: () => unknown): GroundworkError {
  try {
    work();
  } catch (error) {
    return error as GroundworkError;
  }
  throw new Error("Nothing was thrown.");
}
