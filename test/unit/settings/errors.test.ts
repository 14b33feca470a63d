import { errorCodes, GroundworkError } from "../../../settings/errors";

const lastLine = (text: string) => text.split("\n").at(-1);

describe.each(errorCodes)("an error of the kind %s", (code) => {
  const error = new GroundworkError(code, "What happened", { violations: [{ message: "one" }, { message: "two" }] });

  test("ends with what mends it, in one line", () => {
    expect(lastLine(error.toText())).toBe(error.suggestion);
  });

  test("is mended by something to do", () => {
    expect(error.suggestion).toMatch(/^(Run|Correct|Choose|Lower|Read|Wait|Change) .*\.$/);
  });

  test("begins with what happened, then has a line for each violation", () => {
    expect(error.toText().split("\n").slice(0, -1)).toEqual(["What happened", "  one", "  two"]);
  });

  test("says the same in JSON", () => {
    const { violations, suggestion } = error;
    expect(error.toObject()).toEqual({
      error: { code, message: "What happened", details: { violations }, suggestion },
    });
  });
});

test("an error's own hint counts before that of its kind", () => {
  const error = new GroundworkError("LOCKED", "What happened", { suggestion: "Run `make setup`." });
  expect(lastLine(error.toText())).toBe("Run `make setup`.");
});

test("the parts of an error can be shown in a style each", () => {
  const style = { message: (text: string) => `<m>${text}</m>`, suggestion: (text: string) => `<s>${text}</s>` };
  const error = new GroundworkError("LOCKED", "What", { violations: [{ message: "one" }], suggestion: "Run it." });
  expect(error.toText(style)).toBe("<m>What</m>\n  one\n<s>Run it.</s>");
});

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
