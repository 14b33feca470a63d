import { byMaximum, byP95, byRatio, fullSize, type Goal, type Result } from "../../../tools/bench/row";
import { interleave } from "../../../tools/bench/sampling";
import { alignTable, formatTable, isReached } from "../../../tools/bench/table";
import { tableRows } from "../docs/markdown";

const goal: Goal = { figure: "p95", atMost: 60, unit: "ms" };

function resultOf(milliseconds: readonly number[]): Result {
  const measurement = byP95([
    { command: "ours", unit: "ms", values: milliseconds },
    { command: "theirs", unit: "ms", values: [20] },
  ]);
  return { row: { name: "one", what: "a thing", goal, measure: () => Promise.resolve(measurement) }, measurement };
}

test("every subject has its turn in each round, and warm-up rounds do not count", async () => {
  const turns: string[] = [];
  const subject = (command: string) => ({ command, take: () => Promise.resolve(turns.push(command)) });
  const series = await interleave([subject("a"), subject("b")], 2, 1);
  expect(turns).toEqual(["a", "b", "a", "b", "a", "b"]);
  expect(series).toEqual([
    { command: "a", unit: "ms", values: [3, 5] },
    { command: "b", unit: "ms", values: [4, 6] },
  ]);
});

test("a ratio is that of the medians", () => {
  const { figure } = byRatio([
    { command: "ours", unit: "ms", values: [10, 30, 1000] },
    { command: "theirs", unit: "ms", values: [20] },
  ]);
  expect(figure).toBe(1.5);
});

test("a goal of the 95th percentile bears one slow run of thirty, not two", () => {
  expect(isReached(resultOf([...Array<number>(29).fill(60), 500]))).toBe(true);
  expect(isReached(resultOf([...Array<number>(28).fill(60), 500, 500]))).toBe(false);
});

test("a row says goal, figure, verdict, both series and their ratio", () => {
  expect(tableRows(formatTable([resultOf([40, 61, 61])]))).toEqual([
    ["one", "a thing", "p95 ≤ 60 ms", "61 ms", "**no**", "`ours` 61, 61 ms", "`theirs` 20, 20 ms (3.05×)", "3"],
  ]);
});

test("a row of memory says it in MiB, by the most that was used", () => {
  const measurement = byMaximum([
    { command: "ours", unit: "MiB", values: [200, 300, 250] },
    { command: "theirs", unit: "MiB", values: [125] },
  ]);
  const memory: Goal = { figure: "maximum", atMost: 381, unit: "MiB" };
  const row = { name: "one", what: "a thing", goal: memory, measure: () => Promise.resolve(measurement) };
  expect(tableRows(formatTable([{ row, measurement }]))).toEqual([
    ["one", "a thing", "maximum ≤ 381 MiB", "300 MiB", "yes", "`ours` 250, 295 MiB", "`theirs` 125, 125 MiB (2×)", "3"],
  ]);
});

test("the columns of a table are as wide as their widest cell", () => {
  expect(
    alignTable([
      ["a", "b"],
      ["long cell", ""],
    ]),
  ).toBe("| a         | b   |\n| --------- | --- |\n| long cell |     |");
});

test("the committed figures are made with enough rounds for a 95th percentile", () => {
  expect(fullSize.rounds).toBeGreaterThanOrEqual(20);
});
