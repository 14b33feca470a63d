import type { InstanceSpec } from "../../../settings/instance-spec";
import { withWishes } from "../../../verbs/playbook";
import { playbookText } from "../../../verbs/playbook-preview";
import { instanceSpec } from "../drivers/support";
import { refusalOf } from "../../support/refusal";

const provisioning = { playbook: "/srv/site.yml", variables: { colour: "red", size: "1" } };
const spec: InstanceSpec = instanceSpec({ provisioning });

describe("what `up` is told about the playbook", () => {
  test("is nothing by default", () => {
    expect(withWishes(spec, {})).toEqual(spec);
  });

  test("--no-provision takes it away", () => {
    expect(withWishes(spec, { provision: false })).not.toHaveProperty("provisioning");
  });

  test("--extra-vars win over the settings' variables", () => {
    expect(withWishes(spec, { extraVars: "colour=blue,shape=round" }).provisioning?.variables).toEqual({
      colour: "blue",
      size: "1",
      shape: "round",
    });
  });

  test("--extra-vars that are no list are refused without their values", () => {
    const error = refusalOf(() => withWishes(spec, { extraVars: "token=hunter2,hunter2" }));
    expect(error.exitStatus).toBe(2);
    expect(JSON.stringify(error.toObject())).not.toContain("hunter2");
  });

  test.each([{ provision: true }, { extraVars: "a=1" }])("%j is refused where there is no playbook", (wishes) => {
    expect(refusalOf(() => withWishes(instanceSpec({}), wishes)).toText()).toContain("PROVISIONING_PLAYBOOK");
  });
});

describe("the preview of a playbook", () => {
  const quiet = { message: "", diff: "" };

  test("that was applied is one line", () => {
    expect(playbookText("web", { path: "site.yml", state: "unchanged", tasks: [] })).toBe(
      "web: playbook site.yml: unchanged since it was applied, so it would not run",
    );
  });

  test("of an instance that is still to be made lists the tasks", () => {
    const tasks = [{ task: "say", status: "would run", ...quiet } as const];
    expect(playbookText("web", { path: "site.yml", state: "listed", tasks })).toBe(
      "web: playbook site.yml: all tasks would run\n  say",
    );
  });

  test("that was tried shows what would change, with its diff, and what cannot be tried", () => {
    const tasks = [
      { task: "page", status: "changed", message: "", diff: "--- before\n+++ after\n\n" },
      { task: "say", status: "ok", ...quiet },
      { task: "start", status: "failed", message: "no such service", diff: "" },
    ] as const;
    expect(playbookText("web", { path: "site.yml", state: "tried", tasks: [...tasks] }).split("\n")).toEqual([
      "web: playbook site.yml: 1 of 3 tasks would change something",
      "  page",
      "    --- before",
      "    +++ after",
      "  start: cannot be tried: no such service",
    ]);
  });
});
