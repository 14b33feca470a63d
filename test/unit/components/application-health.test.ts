import { applicationHealth } from "../../../components/gitops/application-health";
import { healthBy, type Health } from "./lua";

const source = {
  repoURL: "https://github.com/acme/infrastructure",
  path: "gitops/charts/web",
  targetRevision: "v2",
  helm: { valuesObject: { replicas: 2, hosts: ["one", "two"] } },
};

interface Status {
  readonly sync?: object;
  readonly health?: object;
  readonly operationState?: object;
  readonly conditions?: readonly object[];
}

const arrived: Status = {
  sync: { status: "Synced", comparedTo: { source } },
  health: { status: "Healthy" },
  operationState: { phase: "Succeeded" },
};
const health = (status?: Status): Health =>
  healthBy(applicationHealth, { spec: { source }, ...(status === undefined ? {} : { status }) });
const comparedTo = (other: object) => health({ ...arrived, sync: { status: "Synced", comparedTo: { source: other } } });

describe("a wave waits for an application", () => {
  test("that ArgoCD has not looked at yet", () => {
    expect(health()).toMatchObject({ status: "Progressing" });
  });

  test("of which objects are missing, though ArgoCD takes it for healthy", () => {
    const sync = { status: "OutOfSync", comparedTo: { source } };
    expect(health({ sync, health: { status: "Healthy" } })).toEqual({
      status: "Progressing",
      message: "waits to be synced",
    });
  });

  test.each<[string, object]>([
    ["another revision", { ...source, targetRevision: "v1" }],
    ["other values", { ...source, helm: { valuesObject: { replicas: 1, hosts: ["one", "two"] } } }],
    ["a value less", { ...source, helm: { valuesObject: { hosts: ["one", "two"] } } }],
    ["a value more", { ...source, helm: { valuesObject: { ...source.helm.valuesObject, debug: true } } }],
  ])("whose status is that of %s", (_, before) => {
    expect(comparedTo(before)).toEqual({
      status: "Progressing",
      message: "is not compared with its source yet",
    });
  });

  test("whose objects are not healthy yet, and says what it waits for", () => {
    const message = "waiting for rollout to finish";
    expect(health({ ...arrived, health: { status: "Progressing", message } })).toEqual({
      status: "Progressing",
      message,
    });
  });
});

describe("a wave fails with an application", () => {
  test("that is degraded", () => {
    expect(health({ ...arrived, health: { status: "Degraded" } })).toMatchObject({ status: "Degraded" });
  });

  test.each(["Failed", "Error"])("whose last sync ended as %s, and says why", (phase) => {
    const operationState = { phase, message: "one or more objects failed to apply" };
    const sync = { status: "OutOfSync", comparedTo: { source } };
    expect(health({ ...arrived, sync, operationState })).toEqual({
      status: "Degraded",
      message: operationState.message,
    });
  });
});

describe("a wave fails with what ArgoCD cannot compare,", () => {
  test.each(["ComparisonError", "InvalidSpecError"])("by %s, and says why", (type) => {
    const conditions = [
      { type: "OrphanedResourceWarning", message: "one" },
      { type, message: "no such path" },
    ];
    expect(health({ conditions })).toEqual({ status: "Degraded", message: "no such path" });
  });

  test("and not with a warning", () => {
    const conditions = [{ type: "OrphanedResourceWarning", message: "one" }];
    expect(health({ ...arrived, conditions })).toMatchObject({ status: "Healthy" });
  });
});

test("a sync that failed is past when what is asked for is there", () => {
  expect(health({ ...arrived, operationState: { phase: "Failed" } })).toMatchObject({ status: "Healthy" });
});

test("a wave is done when an application is compared with its source, in sync with it, and healthy", () => {
  expect(health(arrived)).toEqual({ status: "Healthy", message: null });
});
