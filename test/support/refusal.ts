import { GroundworkError } from "../../settings/errors";

/** The error that the function throws; anything else that it throws is a failure of the test. */
export function refusalOf(run: () => unknown): GroundworkError {
  try {
    run();
  } catch (error) {
    if (error instanceof GroundworkError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
