/** What a look at a platform after an apply says, and when it is an error. */

import { checksText, refuseFailed, type CheckGroup } from "../../../../delivery/plan/verification-report";
import { describeViolation } from "../../../../settings/errors";
import { refusalOf } from "../../../support/refusal";

const group = (name: string, ...findings: CheckGroup["findings"]): CheckGroup => ({
  name,
  command: `bin/platform ${name}`,
  findings,
});
const passed = (subject: string) => ({ subject, outcome: "passed", message: "is well" }) as const;
const failed = (subject: string, message: string) => ({ subject, outcome: "failed", message }) as const;
const notTried = { subject: "staging/shop: log", outcome: "not tried", message: "no request arrived" } as const;

test("all checks stand in one table, of each kind those that failed first, in letters that mean nothing to GitHub", () => {
  const groups = [
    group("application", passed("staging/shop"), failed("staging/web", "is Synced and Degraded: a | b <b> @ada")),
    group("smoke", notTried),
  ];
  expect(checksText("prod", groups, true)).toBe(
    [
      "### Checks of `prod`",
      "",
      "| Check | Of | Outcome | Found |",
      "| --- | --- | --- | --- |",
      "| application | `staging/web` | **failed** | `is Synced and Degraded: a \\| b <b> @ada` |",
      "| application | `staging/shop` | passed | `is well` |",
      "| smoke | `staging/shop: log` | not tried | `no request arrived` |",
    ].join("\n"),
  );
});

test("where no smoke test is configured, that is said, and how to have one", () => {
  const text = checksText("prod", [group("application", passed("staging/shop")), group("smoke")], false);
  expect(text).toMatch(/^No smoke test is configured; .* in Pulumi\.prod\.yaml, such as `smokeTests: \[/m);
});

test("each check that failed is named in the error, with what repeats it; what was not tried is none", () => {
  const groups = [
    group("application", passed("staging/shop"), failed("staging/web", "is Degraded")),
    group("probe", failed("monitoring/prometheus-operator", "no pod of it is ready")),
    group("smoke", failed("staging/shop: page", "answered 502"), notTried),
  ];
  const { code, exitStatus, message, violations } = refusalOf(() => refuseFailed(groups));
  expect([code, exitStatus, message]).toEqual([
    ...["ENGINE_FAILED", 1, "The plan was applied, and 3 of 5 checks did not pass."],
  ]);
  expect(violations.map(describeViolation)).toEqual([
    "application staging/web: is Degraded (again: `bin/platform application`)",
    "probe monitoring/prometheus-operator: no pod of it is ready (again: `bin/platform probe`)",
    "smoke staging/shop: page: answered 502 (again: `bin/platform smoke`)",
  ]);
});

test("what passed is no error", () => {
  expect(() => refuseFailed([group("application", passed("staging/shop")), group("smoke", notTried)])).not.toThrow();
});
