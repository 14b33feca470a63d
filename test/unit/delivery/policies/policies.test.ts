/** What may not pass a preview, each with what may. */

import { policyViolations } from "../../../../delivery/policies/policies";
import type { PlannedStep, PolicyViolation } from "../../../../delivery/policies/policy";
import { charts, isExactVersion } from "../../../../settings/platform/charts";
import { unknownValue } from "../../../../settings/instance-properties";
import { bucket, cluster, named, pool, secret, step } from "./steps";

const none = { stack: "prod", steps: [], config: {}, labels: [] };

/** What each violation is about: `policy resource property`. */
function about(violations: readonly PolicyViolation[]): string[] {
  return violations.map(({ policy, resource, property = "" }) => `${policy} ${resource} ${property}`.trim());
}

const judged = (...steps: PlannedStep[]) => about(policyViolations({ ...none, steps }));
const created = (type: string, inputs: Readonly<Record<string, unknown>>) =>
  judged(step("create", type, { new: inputs }));

describe("a secret in plain state", () => {
  test.each([
    ["a secret of the configuration inside an address", { url: "https://x/?token=[secret]" }, "url"],
    ["a password by its name", { settings: { adminPassword: "hunter2" } }, "settings.adminPassword"],
    ["a variable by its name", { environment: { DB_PASSWORD: "hunter2" } }, "environment.DB_PASSWORD"],
    ["a private key by its text", { file: "-----BEGIN EC PRIVATE KEY-----\nMHc" }, "file"],
  ])("is %s", (_, inputs, property) => {
    expect(created("command:local:Command", inputs)).toEqual([`plain-secret Command it ${property}`]);
  });

  test("is whatever a Secret of Kubernetes holds as plain text", () => {
    const inputs = { metadata: { name: "it" }, stringData: { "config.yaml": "a: 1" } };
    expect(created("kubernetes:core/v1:Secret", inputs)).toEqual(['plain-secret Secret it stringData["config.yaml"]']);
  });

  test("is found among the outputs too, and told once where input and output are the same", () => {
    const both = step("same", "command:local:Command", { new: { token: "abc" } });
    const outputs = { ...both, new: { ...both.new!, outputs: { token: "abc", stdout: "[secret]" } } };
    expect(judged(outputs)).toEqual(["plain-secret Command it token", "plain-secret Command it stdout"]);
  });

  test("is not what is encrypted, empty, not known yet, a name of a Secret, or on its way out", () => {
    expect(created("pulumi:providers:kubernetes", { kubeconfig: unknownValue })).toEqual([]);
    expect(created("kubernetes:core/v1:Secret", { stringData: { password: secret } })).toEqual([]);
    expect(created("kubernetes:core/v1:Secret", { stringData: secret })).toEqual([]);
    expect(created("command:local:Command", { password: "", existingSecret: "grafana", tokenPath: "/t" })).toEqual([]);
    expect(judged(step("delete", "command:local:Command", { old: { token: "abc" } }))).toEqual([]);
  });

  test("is never shown", () => {
    const steps = [step("create", "command:local:Command", { new: { token: "hunter2" } })];
    expect(JSON.stringify(policyViolations({ ...none, steps }))).not.toContain("hunter2");
  });
});

describe("a secret in plain configuration", () => {
  const configured = (config: Readonly<Record<string, unknown>>) => policyViolations({ ...none, config });

  test("is any value of groundwork:secrets that is not encrypted, and names the command that mends it", () => {
    const violations = configured({ "groundwork:secrets": { seed: "x".repeat(32), domainToken: { secure: "v1:a" } } });
    expect(about(violations)).toEqual(["plain-secret Pulumi.prod.yaml groundwork:secrets.seed"]);
    expect(violations[0]?.remedy).toContain("pulumi config set --secret --path 'groundwork:secrets.seed' -s prod");
  });

  test("is a provider's token", () => {
    expect(about(configured({ "linode:token": "abc" }))).toEqual(["plain-secret Pulumi.prod.yaml linode:token"]);
  });

  test("is not what is encrypted, nor a setting", () => {
    expect(
      configured({ "linode:token": { secure: "v1:a" }, "groundwork:platform": { domain: "example.com" } }),
    ).toEqual([]);
  });
});

describe("a public bucket", () => {
  test.each(["public-read", "public-read-write", "authenticated-read"])("is one with the grant %s", (acl) => {
    expect(created(bucket, { label: "logs", acl })).toEqual(["public-bucket ObjectStorageBucket it acl"]);
  });

  test("is not one that is private, by its grant or by none, or that is deleted", () => {
    const labels = ["allow-replacement"];
    const steps = [
      named("a", step("create", bucket, { new: { acl: "private" } })),
      named("b", step("create", bucket, { new: {} })),
      named("c", step("delete", bucket, { old: { acl: "public-read" } })),
    ];
    expect(policyViolations({ ...none, steps, labels })).toEqual([]);
  });
});

describe("an unpinned chart", () => {
  const release = "kubernetes:helm.sh/v3:Release";
  const application = "kubernetes:argoproj.io/v1alpha1:Application";

  test.each([undefined, "", "^1.2.3", "1.x", "1.2", ">=1.0.0 <2.0.0", "latest"])("has the version %s", (version) => {
    expect(created(release, { chart: "loki", version })).toEqual(["unpinned-chart Release it version"]);
  });

  test("is one that ArgoCD is told to bring at a range", () => {
    const sources = [
      { repoURL: "https://git", path: "a", targetRevision: "main" },
      { chart: "x", targetRevision: "1.*" },
    ];
    expect(created(application, { spec: { sources } })).toEqual([
      "unpinned-chart Application it spec.sources[1].targetRevision",
    ]);
  });

  test("is not one at an exact version, nor a branch of Git", () => {
    expect(created(release, { chart: "loki", version: "18.11.0" })).toEqual([]);
    expect(created(application, { spec: { source: { path: "a", targetRevision: "main" } } })).toEqual([]);
    expect(created(application, { spec: { source: { chart: "x", targetRevision: "v1.2.3-rc.1+b" } } })).toEqual([]);
  });

  test("is none of the platform's own", () => {
    expect(Object.values(charts).filter(({ version }) => !isExactVersion(version))).toEqual([]);
  });
});

describe("a replacement", () => {
  const gone = (type: string) => step("delete", type, { old: { pools: [] } });

  test.each([cluster, pool, bucket])("of %s needs a label, and its deletion too", (type) => {
    const name = `replacement ${type.split(":").at(-1)!} it`;
    expect(judged(step("replace", type, { old: {}, new: { pools: [] } }))).toEqual([name]);
    expect(judged(gone(type))).toEqual([name]);
  });

  test("is told once, though it is three steps", () => {
    const steps = (["create-replacement", "replace", "delete-replaced"] as const).map((op) =>
      step(op, bucket, { old: {}, new: {} }),
    );
    expect(judged(...steps)).toEqual(["replacement ObjectStorageBucket it"]);
  });

  test("is that of a pool inside the cluster, whose type changes or which leaves the list", () => {
    const diff = {
      "pools[0].type": { diffKind: "update", inputDiff: true },
      "pools[1]": { diffKind: "delete", inputDiff: true },
      "pools[2]": { diffKind: "add", inputDiff: true },
      "pools[0].count": { diffKind: "update", inputDiff: true },
    } as unknown as PlannedStep["detailedDiff"];
    expect(judged(step("update", cluster, { old: {}, new: {} }, diff))).toEqual([
      "replacement LkeCluster it pools[0].type",
      "replacement LkeCluster it pools[1]",
    ]);
  });

  test("is not a change in place, nor a deletion of what can be made again", () => {
    expect(judged(step("update", bucket, { old: {}, new: {} }))).toEqual([]);
    expect(judged(gone("command:local:Command"))).toEqual([]);
  });

  test("passes with the label on the pull request, and its remedy names that", () => {
    const steps = [gone(cluster)];
    expect(policyViolations({ ...none, steps, labels: ["bug", "allow-replacement"] })).toEqual([]);
    expect(policyViolations({ ...none, steps, labels: ["bug"] })[0]?.remedy).toContain("allow-replacement");
  });
});

test("all violations are told at once", () => {
  const steps = [
    step("create", bucket, { new: { acl: "public-read" } }),
    step("create", "kubernetes:helm.sh/v3:Release", { new: { chart: "loki" } }),
    named("old", step("delete", cluster, { old: {} })),
    step("create", "command:local:Command", { new: { token: "abc" } }),
  ];
  const violations = policyViolations({ ...none, steps, config: { "linode:token": "abc" } });
  expect(violations.map(({ policy }) => policy).sort()).toEqual(
    ["plain-secret", "plain-secret", "public-bucket", "replacement", "unpinned-chart"].sort(),
  );
});
