import { dropStack } from "../../../stacks/refused-registrations";

test("a registration that the engine refused is told without a stack", () => {
  const error = new Error("failed to register new resource web [kubernetes:core/v1:Service]: 2 UNKNOWN: shut down");
  dropStack(error);
  expect([error.stack, error.message]).toEqual([undefined, expect.stringContaining("2 UNKNOWN")]);
});

test("a mistake of the program keeps its stack", () => {
  const error = new TypeError("x is not a function");
  dropStack(error);
  expect(error.stack).toContain("refused-registrations.test");
});
