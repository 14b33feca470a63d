/** ArgoCD's Applications, as delivery understands them. That ArgoCD does what it is asked is not shown. */

import {
  failureOf,
  isAsInGit,
  isBusy,
  isSyncedWith,
  readApplications,
  syncedWith,
  wavesOf,
  whyUnwell,
  type Application,
} from "../../../delivery/argocd/application";
import { unknownOf } from "../../../delivery/checkpoints/unknown-objects";

const source = { repoURL: "https://example.com/infra.git", targetRevision: "main", path: "gitops/charts/shop" };
const annotations = (wave: string) => ({ "argocd.argoproj.io/sync-wave": wave });

function application(
  more: { metadata?: object; spec?: object; status?: object; operation?: object } = {},
): Application {
  const item = {
    ...more,
    metadata: { name: "shop", namespace: "production", ...more.metadata },
    spec: { source, ...more.spec },
  };
  return readApplications(JSON.stringify({ items: [item] }))[0]!;
}

const synced = { sync: { status: "Synced", comparedTo: { source } }, health: { status: "Healthy" } };
const history = [
  { revision: "old", source },
  { revision: "new", source },
];

test("the root applications are none of an environment", () => {
  const root = { metadata: { name: "production", namespace: "argocd" }, spec: { source } };
  expect(readApplications(JSON.stringify({ items: [root] }))).toEqual([]);
});

test("waves come in the order of their numbers, 0 where none is said", () => {
  const named = (name: string, wave?: string) =>
    application({ metadata: { name, ...(wave === undefined ? {} : { annotations: annotations(wave) }) } });
  const waves = wavesOf([named("c", "10"), named("b"), named("a", "-1"), named("d", "2"), named("e", "0")]);
  expect(waves.map((wave) => wave.map(({ metadata }) => metadata.name))).toEqual([["a"], ["b", "e"], ["d"], ["c"]]);
});

test("what an application was synced with is the last one of its history", () => {
  const expected = { namespace: "production", name: "shop", revision: "new", source };
  expect(syncedWith(application({ status: { history } }))).toEqual(expected);
  expect(syncedWith(application())).toBeUndefined();
});

test.each([
  ["synced and healthy", synced, true],
  [
    "compared with another source",
    { ...synced, sync: { status: "Synced", comparedTo: { source: { ...source, path: "x" } } } },
    false,
  ],
  ["not healthy yet", { ...synced, health: { status: "Progressing" } }, false],
  ["not synced", { ...synced, sync: { ...synced.sync, status: "OutOfSync" } }, false],
  ["not looked at", {}, false],
])("an application that is %s is as in Git: %p", (_, status, expected) => {
  expect(isAsInGit(application({ status: status }))).toBe(expected);
});

describe("an application is well", () => {
  const automatic = { syncPolicy: { automated: {} } };
  const because = (status: object, spec: object) => whyUnwell(application({ status, spec }));
  const outOfSync = { sync: { status: "OutOfSync" }, health: { status: "Healthy" } };

  test("when it is Synced and Healthy", () => {
    expect(because(synced, automatic)).toBeUndefined();
  });

  test("when it is Healthy, where a person syncs it", () => {
    expect(because(outOfSync, {})).toBeUndefined();
    expect(because(outOfSync, automatic)).toBe("is OutOfSync and Healthy; allowed: Synced and Healthy");
  });

  test("and not when it is anything else, which is told in ArgoCD's words", () => {
    const status = {
      health: { status: "Degraded", message: "no quota" },
      conditions: [{ type: "OrphanedResourceWarning", message: "two orphans" }],
    };
    expect(because(status, {})).toBe("is Unknown and Degraded: no quota: two orphans; allowed: Healthy");
  });
});

describe("an application is back", () => {
  const goal = { namespace: "production", name: "shop", revision: "old", source };
  const back = { ...synced, sync: { status: "OutOfSync" }, history: [{ revision: "old", source }] };

  test("when it was synced with that commit and those values last, and is healthy", () => {
    expect(isSyncedWith(application({ status: back }), goal)).toBe(true);
  });

  test.each([
    ["another commit", { status: { ...back, history } }],
    ["other values", { status: { ...back, history: [{ revision: "old", source: { ...source, helm: {} } }] } }],
    ["something that is not healthy", { status: { ...back, health: { status: "Degraded" } } }],
    ["something that ArgoCD is at", { status: { ...back, operationState: { phase: "Running" } } }],
    ["something that ArgoCD has been asked to change", { status: back, operation: { sync: {} } }],
  ])("and not with %s", (_, is) => {
    expect(isSyncedWith(application(is), goal)).toBe(false);
  });
});

describe("waiting is in vain", () => {
  const failed = { operationState: { phase: "Failed", message: "one or more objects failed to apply" } };

  test("for a sync that failed, in ArgoCD's words", () => {
    expect(failureOf(application({ status: failed }))).toBe("one or more objects failed to apply");
  });

  test("not for one that failed before what has been asked now", () => {
    const asked = application({ status: failed, operation: { sync: {} } });
    expect([isBusy(asked), failureOf(asked)]).toEqual([true, undefined]);
  });

  test("not for one that is not healthy yet", () => {
    expect(failureOf(application({ status: { health: { status: "Degraded" } } }))).toBeUndefined();
  });

  test("for what ArgoCD cannot render, where it follows Git", () => {
    const status = { conditions: [{ type: "ComparisonError", message: "no such chart" }] };
    const automatic = { syncPolicy: { automated: { prune: true } } };
    expect(failureOf(application({ status, spec: automatic }))).toBe("no such chart");
    expect(failureOf(application({ status }))).toBeUndefined();
  });
});

describe("objects of Kubernetes that a state does not know", () => {
  const object = (name: string, more: object = {}, manager = "pulumi-kubernetes-1a2b") => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "staging", managedFields: [{ manager }], ...more },
  });
  const known = {
    urn: "urn",
    type: "kubernetes:apps/v1:Deployment",
    outputs: { ...object("known"), apiVersion: "apps/v1beta1" },
  };

  test("are those that Pulumi signed and that are not in it, whatever the version that they were applied in", () => {
    const objects = [object("known"), object("unknown"), object("others", {}, "kubectl"), object("unknown")];
    expect(unknownOf(objects, { resources: [known] })).toEqual(["Deployment.apps staging/unknown"]);
  });

  test("are told by their namespace too", () => {
    const elsewhere = object("known", { namespace: "production" });
    expect(unknownOf([elsewhere], { resources: [known] })).toEqual(["Deployment.apps production/known"]);
  });
});
