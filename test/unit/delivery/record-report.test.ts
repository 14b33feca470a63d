/** What `snapshot --list` and `audit` print, and the times that they understand. */

import { auditTable, sendingLines } from "../../../delivery/audit/report";
import { parseSince } from "../../../delivery/audit/since";
import { checkpointTable } from "../../../delivery/checkpoints/report";
import { refusalOf } from "../../support/refusal";
import { auditRecord } from "./audit-record";

test("checkpoints are a table in Markdown, the newest first, with who approved", () => {
  const common = { stack: "prod", stateHash: "5", actor: "github-actions", commit: "1a2b3c4d5e6f7a8b9c0d" } as const;
  const table = checkpointTable([
    { ...common, number: 1, at: "2026-11-30T12:00:00.000Z", reason: "by-hand", approvedBy: [] },
    {
      ...common,
      number: 2,
      at: "2026-11-30T13:00:00.000Z",
      reason: "before-apply",
      planHash: "beef",
      approvedBy: ["ada", "grace"],
    },
  ]);
  expect(
    table.split("\n").map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    ),
  ).toEqual([
    ["Number", "Time (UTC)", "Reason", "Commit", "Plan", "Approved by", "Run by"],
    ["---", "---", "---", "---", "---", "---", "---"],
    ["2", "2026-11-30 13:00:00", "before-apply", "1a2b3c4d5e6f", "beef", "ada, grace", "github-actions"],
    ["1", "2026-11-30 12:00:00", "by-hand", "1a2b3c4d5e6f", "", "", "github-actions"],
  ]);
});

test("a record that holds a bar or several lines stays one row", () => {
  const record = auditRecord("1", { outcome: "failed", message: "one | two\nthree" });
  const table = auditTable([{ ...record, isSent: false }]);
  expect(table.split("\n")).toHaveLength(3);
  expect(table).toContain("one \\| two three");
});

test("records that could not be sent are counted, and Loki's words are told", () => {
  const problems = ["http://127.0.0.1:3100 answered 500: no"];
  expect(sendingLines({ sent: 1, kept: 2, problems }, true)).toEqual([
    "Audit: 1 record was sent to Loki.",
    "Audit: 2 records wait for the next run.",
    "Audit: http://127.0.0.1:3100 answered 500: no.",
  ]);
});

test("records that have no Loki are told with the variable that names one", () => {
  expect(sendingLines({ sent: 0, kept: 1, problems: [] }, false)).toEqual([
    "Audit: 1 record is kept; there is no Loki to send it to (GROUNDWORK_LOKI_URL).",
  ]);
});

describe("--since", () => {
  const now = new Date("2026-11-30T12:00:00Z");

  test.each([
    ["30m", "2026-11-30T11:30:00.000Z"],
    ["12h", "2026-11-30T00:00:00.000Z"],
    ["7d", "2026-11-23T12:00:00.000Z"],
    ["2026-11-01", "2026-11-01T00:00:00.000Z"],
  ])("%s is %s", (given, time) => {
    expect(parseSince(given, now).toISOString()).toBe(time);
  });

  test.each(["yesterday", "7", "2026-13-01", ""])("refuses %p, and says what is allowed", (given) => {
    expect(refusalOf(() => parseSince(given, now)).message).toContain("allowed: 30m, 12h, 7d");
  });
});
