import { countGo, countJest, formatCounts, goOutput, isSuccess, sum } from "../../../tools/test/summary";

function goEvents(...events: readonly object[]): string {
  return events.map((event) => JSON.stringify(event)).join("\n");
}

describe("the counts of Jest", () => {
  test("take a file that could not be run for a failure, and a test to be written for skipped", () => {
    const report = {
      numPassedTests: 4,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      numRuntimeErrorTestSuites: 1,
    };
    expect(countJest(report)).toEqual({ passed: 4, failed: 2, skipped: 3 });
  });
});

describe("the counts of go test", () => {
  test("are those of single tests, not of packages", () => {
    const output = goEvents(
      { Action: "run", Package: "p", Test: "TestA" },
      { Action: "pass", Package: "p", Test: "TestA" },
      { Action: "skip", Package: "p", Test: "TestB" },
      { Action: "pass", Package: "p" },
    );
    expect(countGo(output)).toEqual({ passed: 1, failed: 0, skipped: 1 });
  });

  test("count subtests in place of the test that holds them", () => {
    const output = goEvents(
      { Action: "pass", Package: "p", Test: "TestA/one" },
      { Action: "fail", Package: "p", Test: "TestA/two" },
      { Action: "fail", Package: "p", Test: "TestA" },
      { Action: "pass", Package: "p", Test: "TestAB" },
      { Action: "fail", Package: "p" },
    );
    expect(countGo(output)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  });

  test("take a package that does not compile for one failure", () => {
    const output = `# p\np/main.go:3: undefined: x\n${goEvents({ Action: "fail", Package: "p" })}`;
    expect(countGo(output)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test("keep what was printed", () => {
    expect(goOutput(goEvents({ Action: "output", Output: "--- FAIL\n" }, { Action: "fail", Test: "TestA" }))).toBe(
      "--- FAIL\n",
    );
  });
});

test("the sum is written as one line", () => {
  const total = sum([
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 10, failed: 1, skipped: 0 },
  ]);
  expect(formatCounts(total)).toBe("11 passed, 1 failed, 2 skipped");
});

test("a run in which nothing passed is no success", () => {
  expect(isSuccess({ passed: 0, failed: 0, skipped: 9 })).toBe(false);
});

test("a run with one failure is no success", () => {
  expect(isSuccess({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
});
