import { GroundworkError } from "../../../settings/errors";

describe("an error for people", () => {
  test("shows control characters and sends none to the terminal", () => {
    const error = new GroundworkError("ENGINE_FAILED", "podman said \u001b[2J\u0007\u009b31m\u2028.", {
      suggestion: "a\rb",
    });
    expect(error.toText()).toBe("podman said \\u001b[2J\\u0007\\u009b31m\\u2028.\na\\u000db");
  });

  test("keeps each violation on a line of its own", () => {
    const error = new GroundworkError("CONFIG_INVALID", "Two.", {
      violations: [{ message: "a\nb" }, { message: "c" }],
    });
    expect(error.toText().split("\n").slice(1, 3)).toEqual(["  a\\nb", "  c"]);
  });
});
