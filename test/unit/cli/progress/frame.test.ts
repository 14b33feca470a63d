import fc from "fast-check";
import { durationText, endLine, frameMs, liveLine, type Layout } from "../../../../cli/progress/frame";
import type { Stage } from "../../../../cli/progress/stages";

const plain = (_style: string, text: string) => text;
const layout = (columns = 80): Layout => ({ animated: true, coloured: false, unicode: true, columns, paint: plain });

const web: Stage = { key: "create podman instance", message: "creating web", startedAt: 0 };

/** The line after so many seconds. */
const after = (seconds: number, stage: Partial<Stage> = {}, columns?: number) =>
  liveLine({ ...web, ...stage }, seconds * 1000, layout(columns));

describe("a stage that goes on", () => {
  test("shows what is done and for how long", () => {
    expect(after(0.4)).toBe("⠼ creating web  0.4 s");
  });

  test("moves with every picture", () => {
    expect(after(frameMs / 1000)[0]).not.toBe(after(0)[0]);
  });

  test("has no bar and no end without history, however long it takes", () => {
    expect(after(600)).toBe("⠋ creating web  10 min 0 s");
  });

  test("has no bar where it takes a few seconds", () => {
    expect(after(2, { expectedSeconds: 9 })).not.toMatch(/[█░]/);
  });

  test("has a bar by time where it takes over ten seconds", () => {
    expect(after(10, { expectedSeconds: 20 })).toBe("⠋ creating web  10 s  ████████░░░░░░░░");
  });

  test("has no end where it takes less than a minute", () => {
    expect(after(10, { expectedSeconds: 59 })).not.toContain("left");
  });

  test("says when it will have ended where it takes over a minute", () => {
    expect(after(30, { expectedSeconds: 120 })).toBe("⠋ creating web  30 s  about 1 min 30 s left  ████░░░░░░░░░░░░");
  });

  test("never has a full bar, nor less than nothing left, when it takes longer than usual", () => {
    expect(after(200, { expectedSeconds: 120 })).toBe(
      "⠋ creating web  3 min 20 s  longer than usual  ███████████████░",
    );
  });

  test("shows the steps that are done of all", () => {
    expect(after(1, { current: 2, total: 5 })).toBe("⠋ creating web  2/5  1.0 s");
  });

  test("has a bar by steps, rather than by time, where they are counted", () => {
    expect(after(11, { current: 1, total: 2, expectedSeconds: 12 })).toContain("████████░░░░░░░░");
  });

  test("is ASCII where the locale is not UTF-8", () => {
    const line = liveLine({ ...web, expectedSeconds: 20 }, 10_000, { ...layout(), unicode: false });
    expect(line).toBe("| creating web  10 s  ########........");
  });

  test("is one line also where its message is more", () => {
    expect(after(0, { message: "one\ntwo\u001B[2Jthree" })).toBe("⠋ one two [2Jthree  0.0 s");
  });
});

describe("a stage that has ended", () => {
  test("leaves a mark, what was done and how long it took", () => {
    expect(endLine("creating web", false, 1.23, layout())).toBe("✔ creating web  1.2 s");
  });

  test("that failed has another mark", () => {
    expect(endLine("creating web", true, 1.23, layout())).toBe("✖ creating web  1.2 s");
  });
});

describe("a narrow terminal", () => {
  test.each([
    [70, "⠋ creating web  30 s  about 1 min 30 s left  ████░░░░░░░░░░░░"],
    [60, "⠋ creating web  30 s  about 1 min 30 s left"],
    [40, "⠋ creating web  30 s"],
    [17, "⠋ creatin…  30 s"],
    [12, "⠋ creating…"],
  ])("of %d columns loses first what matters least, and last a part of the message", (columns, line) => {
    expect(after(30, { expectedSeconds: 120 }, columns)).toBe(line);
  });

  /** Cells of a text out of these letters: each CJK character takes two. */
  const cellsOf = (text: string) =>
    Array.from(text).reduce((sum, letter) => sum + (/\p{Script=Han}/u.test(letter) ? 2 : 1), 0);

  test("is never filled to its last cell, whatever is done", () => {
    const message = fc.string({ unit: fc.constantFrom("a", "b", " ", "作", "業", "é"), minLength: 1, maxLength: 60 });
    const stage = fc.record({
      key: fc.constant("stage"),
      message,
      startedAt: fc.constant(0),
      expectedSeconds: fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined }),
      total: fc.constant(9),
      current: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        stage,
        fc.integer({ min: 4, max: 100 }),
        fc.integer({ min: 0, max: 9_000_000 }),
        (one, columns, now) => {
          expect(cellsOf(liveLine(one, now, layout(columns)))).toBeLessThan(columns);
        },
      ),
    );
  });
});

test.each([
  [0, "0.0 s"],
  [0.04, "0.0 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [59.6, "1 min 0 s"],
  [125, "2 min 5 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
