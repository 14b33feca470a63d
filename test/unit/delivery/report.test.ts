/** Where results go in GitHub Actions. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openReport } from "../../../delivery/report";
import { useTemporaryFolder } from "../../support/temporary-folder";

const folder = useTemporaryFolder();
let printed: string[];
beforeEach(() => {
  printed = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
});

test("what is shown goes to standard output and to the run's summary", () => {
  const summary = join(folder(), "summary.md");
  openReport({ GITHUB_STEP_SUMMARY: summary }).show("# Plan");
  expect([printed, readFileSync(summary, "utf8")]).toEqual([["# Plan\n"], "# Plan\n"]);
});

test("a value of several lines reaches the next step whole", () => {
  const outputs = join(folder(), "outputs");
  openReport({ GITHUB_OUTPUT: outputs }).output("plan", "one\ntwo");
  expect(readFileSync(outputs, "utf8")).toMatch(/^plan<<([0-9a-f-]{36})\none\ntwo\n\1\n$/);
});

test("outside GitHub Actions a result is printed and nothing else", () => {
  const report = openReport({});
  report.show("# Plan");
  report.output("plan", "one");
  expect(printed).toEqual(["# Plan\n"]);
});
