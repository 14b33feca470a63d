import type { PlanManifest } from "../../../../delivery/plan/manifest";
import { planRefused, reasonsAgainst, type PlanSurroundings } from "../../../../delivery/plan/refusals";
import { manifest } from "./plan-manifest";

const fitting: PlanSurroundings = {
  stack: "dev",
  commit: manifest.commit,
  programHash: manifest.programHash,
  stateHash: manifest.stateHash,
  record: { isKnown: true },
  now: new Date("2026-11-30T13:00:00Z"),
  longestHours: 24,
};

function reasons(
  surroundings: Partial<PlanSurroundings> = {},
  plan: Partial<PlanManifest> = {},
  planHash = "3".repeat(64),
) {
  const saved = { file: "plan.json", manifest: { ...manifest, ...plan }, manifestHash: "5".repeat(64), planHash };
  return reasonsAgainst(saved, { ...fitting, ...surroundings }).map(({ key, message }) => `${String(key)}: ${message}`);
}

test("a plan that fits is not refused", () => {
  expect(reasons()).toEqual([]);
});

test.each([
  ["another stack's", { stack: "prod" }, ["stack: the plan is for the stack dev; this is prod"]],
  [
    "of another commit",
    { commit: "9".repeat(40) },
    [`commit: the plan is of commit ${"1".repeat(40)}; checked out is ${"9".repeat(40)}`],
  ],
  [
    "of another program",
    { programHash: "9".repeat(64) },
    ["program: the plan was made by other sources than those that are built here"],
  ],
  [
    "of another state",
    { stateHash: "9".repeat(64) },
    ["state: the state has changed since the plan was made at 2026-11-30T12:00Z"],
  ],
  [
    "not known",
    { record: { isKnown: false } },
    [
      "manifest.json: no preview has left this manifest beside the state: a policy refused it, it was changed, or the plan was made elsewhere",
    ],
  ],
  [
    "too old",
    { now: new Date("2026-12-01T12:01:00Z") },
    ["age: the plan was made at 2026-11-30T12:00Z, 24 hours ago; allowed: 24"],
  ],
  [
    "from the future",
    { now: new Date("2026-11-30T11:53:30Z") },
    ["age: the plan is of 2026-11-30T12:00Z, 7 minutes from now; one of the two clocks is wrong"],
  ],
])("a plan that is %s is refused", (_, surroundings, expected) => {
  expect(reasons(surroundings)).toEqual(expected);
});

test("a plan is taken to its last minute, and where two clocks differ a little", () => {
  expect(reasons({ now: new Date("2026-12-01T12:00:00Z") })).toEqual([]);
  expect(reasons({ now: new Date("2026-11-30T11:55:00Z") })).toEqual([]);
});

test("a plan whose file is not its manifest's is refused", () => {
  expect(reasons({}, {}, "9".repeat(64))).toEqual([
    expect.stringMatching(/^plan\.json: the plan's file is not the one/),
  ]);
});

test("a plan that was made without a look at what is real is refused", () => {
  expect(reasons({}, { withRefresh: false })).toEqual([expect.stringMatching(/^refresh: /)]);
});

test("a plan is applied once; one that failed or was cut off may be tried again while its state fits", () => {
  const after = (outcome: "succeeded" | "failed" | "interrupted") =>
    reasons({ record: { isKnown: true, ended: { outcome, at: "2026-11-30T12:30:00Z", actor: "ada" } } });
  expect(after("succeeded")).toEqual(["applied: the plan was applied already, at 2026-11-30T12:30Z by ada"]);
  expect([after("failed"), after("interrupted")]).toEqual([[], []]);
});

test("all reasons are told at once, with what to do", () => {
  const all = reasonsAgainst(
    { file: "plan.json", manifest, manifestHash: "5".repeat(64), planHash: "9".repeat(64) },
    { ...fitting, commit: "9".repeat(40), stateHash: "9".repeat(64), record: { isKnown: false } },
  );
  const error = planRefused("dev", all);
  expect(error).toMatchObject({ code: "PLAN_REFUSED", exitStatus: 1 });
  expect(error.violations.map(({ key }) => key)).toEqual(["commit", "state", "plan.json", "manifest.json"]);
  expect(error.suggestion).toContain("bin/delivery preview -s dev --out");
});
