import { Environment, type EnvironmentArgs } from "../../../components/environments/environment";
import { grantsOf, limitSpec, quotaSpec } from "../../../components/environments/environment-objects";
import { registrationsOf, type Registration } from "./registrations";

const settings = { sync: "manual", quota: { cpu: "4", memory: "8Gi", pods: 50 } } as const;
const teams = {
  web: { github: "web-developers", rights: { production: "deploy", staging: "deploy" } },
  support: { github: "support", rights: { production: "view" } },
  sales: { github: "sales", rights: {} },
} as const;
const args: EnvironmentArgs = { settings, teams, organization: "example" };
const declared = async () => (await registrationsOf({}, () => new Environment("production", args))).all;
const inputsOf = (all: readonly Registration[], name: string) => all.find((one) => one.name === name)!.inputs;

describe("an environment", () => {
  test("is a namespace that is shut both ways, its bounds, and the rights of the teams", async () => {
    expect((await declared()).map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual([
      ["groundwork:cluster:PlatformNamespace", "production", "production"],
      ["groundwork:environments:Environment", "production", ""],
      ["kubernetes:core/v1:LimitRange", "production-limits", "production"],
      ["kubernetes:core/v1:Namespace", "production", "production"],
      ["kubernetes:core/v1:ResourceQuota", "production-quota", "production"],
      ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "production-default-deny", "production"],
      ["kubernetes:rbac.authorization.k8s.io/v1:Role", "production-deploy", "production"],
      ["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "production-support-view", "production"],
      ["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "production-web-deploy", "production"],
      ["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "production-web-view", "production"],
    ]);
  });

  test("runs pods of the restricted standard alone, and can be selected by its label", async () => {
    const namespace = (await declared()).find(({ type }) => type === "kubernetes:core/v1:Namespace")!;
    expect(namespace.inputs["metadata"]).toMatchObject({
      labels: { "groundwork/environment": "production", "pod-security.kubernetes.io/enforce": "restricted" },
    });
  });

  test("has no more than its quota, and no load balancer of its own", () => {
    expect(quotaSpec(settings).hard).toEqual({
      "requests.cpu": "4",
      "requests.memory": "8Gi",
      "limits.memory": "8Gi",
      pods: "50",
      "services.loadbalancers": "0",
      "services.nodeports": "0",
    });
  });

  test("gives each container what the quota asks after", () => {
    const [container] = limitSpec().limits;
    expect([Object.keys(container!.defaultRequest), Object.keys(container!.default)]).toEqual([
      ["cpu", "memory"],
      ["memory"],
    ]);
  });

  test("lets nobody read its secrets or change roles", async () => {
    const rules = inputsOf(await declared(), "production-deploy")["rules"] as {
      resources: string[];
      verbs: string[];
    }[];
    const allowed = rules.flatMap(({ resources, verbs }) =>
      verbs.map((verb) => resources.map((one) => `${verb} ${one}`)),
    );
    expect(allowed.flat().filter((one) => /secret|role|create pods$|exec|\*/.test(one))).toEqual([]);
  });

  test("binds the groups that Dex names", async () => {
    expect(inputsOf(await declared(), "production-web-deploy")).toMatchObject({
      roleRef: { kind: "Role", name: "deploy" },
      subjects: [{ kind: "Group", name: "example:web-developers" }],
    });
  });

  test("gives the right to deploy on top of the right to view, and nothing to those without one", () => {
    expect(grantsOf("staging", teams, undefined)).toEqual([
      { name: "web-view", kind: "ClusterRole", role: "view", group: "web-developers" },
      { name: "web-deploy", kind: "Role", role: "deploy", group: "web-developers" },
    ]);
  });
});
