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

/** The error that the promise ends with; anything else that it ends with is a failure of the test. */
export async function laterRefusalOf(promise: Promise<unknown>): Promise<GroundworkError> {
  const error = await promise.then(
    () => new Error("nothing was refused"),
    (caught: unknown) => caught,
  );
  if (error instanceof GroundworkError) return error;
  throw error;
}
