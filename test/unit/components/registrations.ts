/** What a part of the program registers, and the values that come out of it. */
import type * as pulumi from "@pulumi/pulumi";

export { registrationsOf, revealed, secretOf } from "../../../stacks/mocks/registrations";
export type { Outputs, Registration } from "../../../stacks/mocks/registrations";

// A whole platform is registered in a second, and on a busy host in many.
jest.setTimeout(60_000);

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value));
  });
}
