/** Counts of tests, read from what the test programs report. Pure. */

/** How many tests of a level ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of Jest's `--json` report that is counted. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not be run at all; their tests are not among the others. */
  readonly numRuntimeErrorTestSuites: number;
}

/** The counts in Jest's report. A file that could not be run counts as one failure. */
export function countJest(report: JestReport): Counts {
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** One line of `go test -json`. `Test` is absent on what concerns the whole package. */
interface GoEvent {
  readonly Action: string;
  readonly Package?: string;
  readonly Test?: string;
}

/**
 * The counts in the output of `go test -json`. A test with subtests is counted by these alone, as Jest does
 * with `describe`. A package that failed without a failed test (it did not compile) counts as one failure.
 */
export function countGo(output: string): Counts {
  const ended = goEvents(output).filter(({ Action }) => ["pass", "fail", "skip"].includes(Action));
  const tests = ended.filter((event) => event.Test !== undefined && !hasSubtests(event, ended));
  const count = (action: string) => tests.filter(({ Action }) => Action === action).length;
  const brokenPackages = ended.filter(
    (event) =>
      event.Test === undefined &&
      event.Action === "fail" &&
      !tests.some((test) => test.Package === event.Package && test.Action === "fail"),
  );
  return { passed: count("pass"), failed: count("fail") + brokenPackages.length, skipped: count("skip") };
}

/** What `go test` printed, out of the events: for people. */
export function goOutput(output: string): string {
  return goEvents(output)
    .map((event) => (event as { Output?: string }).Output ?? "")
    .join("");
}

function hasSubtests(event: GoEvent, all: readonly GoEvent[]): boolean {
  return all.some(
    (other) => other.Package === event.Package && other.Test?.startsWith(`${event.Test ?? ""}/`) === true,
  );
}

/** Lines that are no JSON are the compiler's. */
function goEvents(output: string): readonly GoEvent[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as GoEvent);
}

/** The sum over levels. */
export function sum(counts: readonly Counts[]): Counts {
  const total = (key: keyof Counts) => counts.reduce((amount, count) => amount + count[key], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

/** `N passed, N failed, N skipped`. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;
}

/** Whether a run proves anything: something passed and nothing failed. */
export function isSuccess({ passed, failed }: Counts): boolean {
  return passed > 0 && failed === 0;
}
