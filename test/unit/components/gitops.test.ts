/** What ArgoCD's component makes, and what an environment's applications may do. */

import { Applications } from "../../../components/gitops/applications";
import { GitOps } from "../../../components/gitops/gitops";
import { projects } from "../../../components/gitops/projects";
import { rootApplication } from "../../../components/gitops/root-application";
import type { PlatformSecrets } from "../../../settings/platform/secrets";
import { platformStack } from "../../../stacks/platform";
import { testDefinition } from "./definitions";
import { allSecrets, platformSettings, seed, type GivenPlatform } from "./platform-settings";
import { registrationsOf, secretOf, type Registration } from "./registrations";

const login = { gitops: { githubOrganization: "acme" } };
const shop = { teams: { shop: { github: "shop-developers", rights: { staging: "deploy", production: "view" } } } };

async function declared(given: GivenPlatform = {}, secrets: PlatformSecrets = { seed }) {
  const settings = platformSettings(given);
  const { all } = await registrationsOf({}, () => new GitOps("gitops", { settings, secrets }));
  return all;
}

async function applications(protect = true) {
  const args = { settings: platformSettings(), namespace: "argocd", protect };
  return (await registrationsOf({}, () => new Applications("applications", args))).all;
}

const specOfResource = ({ inputs }: Registration) => inputs["spec"] as Record<string, unknown>;
const specOf = (given: GivenPlatform, name: string) =>
  projects(platformSettings(given)).find((project) => project.name === name)?.spec as Record<string, unknown>;

describe("GitOps", () => {
  test("makes ArgoCD and a project for each environment", async () => {
    expect((await declared()).map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual([
      ["groundwork:cluster:PlatformNamespace", "argocd", "gitops"],
      ["groundwork:gitops:GitOps", "gitops", ""],
      ["kubernetes:argoproj.io/v1alpha1:AppProject", "project-production", "gitops"],
      ["kubernetes:argoproj.io/v1alpha1:AppProject", "project-staging", "gitops"],
      ["kubernetes:core/v1:Namespace", "argocd", "argocd"],
      ["kubernetes:core/v1:Secret", "argocd-redis", "gitops"],
      ["kubernetes:helm.sh/v4:Chart", "argocd", "gitops"],
      ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "argocd-default-deny", "argocd"],
    ]);
  });

  test("makes a Secret for each secret that is given, and for no other", async () => {
    const secrets = (all: Registration[]) =>
      all
        .filter(({ type }) => type.endsWith(":Secret"))
        .map(({ name }) => name)
        .sort();
    expect(secrets(await declared())).toEqual(["argocd-redis"]);
    expect(secrets(await declared(login, allSecrets))).toEqual([
      "argocd-github",
      "argocd-notifications-secret",
      "argocd-redis",
      "argocd-repository",
    ]);
  });

  test("tells no secret to the state in the clear", async () => {
    const all = await declared(login, allSecrets);
    const data = all
      .filter(({ type }) => type.endsWith(":Secret"))
      .map(({ name, inputs }) => [name, secretOf(inputs["stringData"])]);
    expect(Object.fromEntries(data)).toEqual({
      "argocd-redis": { auth: expect.stringMatching(/^[\w-]{43}$/) as string },
      "argocd-repository": {
        type: "git",
        url: "https://github.com/example/infrastructure",
        username: "git",
        password: allSecrets.repository,
      },
      "argocd-github": { clientId: allSecrets.githubClientId, clientSecret: allSecrets.githubClientSecret },
      "argocd-notifications-secret": { "alert-webhook": allSecrets.alertWebhook },
    });
    const others = all.filter(({ type }) => !type.endsWith(":Secret"));
    expect(Object.values(allSecrets).filter((secret) => JSON.stringify(others).includes(secret))).toEqual([]);
  });

  test("gets into a repository by ssh with the key", async () => {
    const all = await declared({ gitops: { repository: "git@github.com:example/infrastructure.git" } }, allSecrets);
    const secret = all.find(({ name }) => name === "argocd-repository");
    expect(secret?.inputs["metadata"]).toMatchObject({ labels: { "argocd.argoproj.io/secret-type": "repository" } });
    expect(secretOf(secret?.inputs["stringData"])).toEqual({
      type: "git",
      url: "git@github.com:example/infrastructure.git",
      sshPrivateKey: allSecrets.repository,
    });
  });
});

describe("the applications of the environments", () => {
  test("are one root each", async () => {
    expect((await applications()).map(({ type, name, parent }) => [type, name, parent]).sort()).toEqual([
      ["groundwork:gitops:Applications", "applications", ""],
      ["kubernetes:argoproj.io/v1alpha1:Application", "root-production", "applications"],
      ["kubernetes:argoproj.io/v1alpha1:Application", "root-staging", "applications"],
    ]);
  });

  test("go only when ArgoCD has removed what they made", async () => {
    const root = (await applications()).find(({ name }) => name === "root-staging");
    expect(root?.inputs["metadata"]).toMatchObject({ finalizers: ["resources-finalizer.argocd.argoproj.io"] });
  });

  test("so they go before all that ArgoCD needs for it, its network policies and their namespaces too", async () => {
    const settings = platformSettings({ cluster: { existing: { kubeconfig: "/dev/null" } } });
    const args = { stack: "prod", settings, secrets: allSecrets };
    const { all } = await registrationsOf({}, () => platformStack(args));
    const before = all.find(({ name }) => name === "applications")?.dependsOn ?? [];
    const needed = all.filter(({ parent }) => ["gitops", "network", "staging", "production"].includes(parent));
    expect(needed.filter(({ type }) => type.endsWith(":NetworkPolicy")).length).toBeGreaterThan(50);
    const made = needed.filter(({ type }) => type.startsWith("kubernetes:")).map(({ name }) => name);
    expect(made.filter((name) => !before.includes(name))).toEqual([]);
  });

  test.each([true, false])("are protected when asked to be: %p", async (protect) => {
    const protectedOnes = (await applications(protect)).filter((one) => one.protect).map(({ name }) => name);
    expect(protectedOnes.sort()).toEqual(protect ? ["root-production", "root-staging"] : []);
  });
});

describe("a root application", () => {
  const source = (given: GivenPlatform, environment: string) =>
    rootApplication(platformSettings(given), environment).source;

  test("is in the project and namespace of its environment", async () => {
    const root = (await applications()).find(({ name }) => name === "root-staging")!;
    expect([specOfResource(root)["project"], specOfResource(root)["destination"]]).toEqual([
      "staging",
      { server: "https://kubernetes.default.svc", namespace: "staging" },
    ]);
  });

  test("is synced by itself in staging alone", () => {
    const policies = ["staging", "production"].map((name) => rootApplication(platformSettings(), name).syncPolicy);
    expect(policies.map((policy) => policy["automated"])).toEqual([{ prune: true, selfHeal: true }, undefined]);
  });

  test("tells the applications what the platform's settings know", () => {
    expect(source({ environments: { staging: { host: "stage.example.com" } } }, "staging")).toMatchObject({
      path: "gitops/apps",
      helm: {
        valueFiles: ["staging.yaml"],
        valuesObject: {
          platform: {
            environment: "staging",
            host: "stage.example.com",
            ingress: {
              className: "nginx",
              annotations: { "cert-manager.io/cluster-issuer": "letsencrypt-production" },
            },
          },
          source: { repository: "https://github.com/example/infrastructure", revision: "main", path: "gitops" },
        },
      },
    });
  });
});

describe("a project", () => {
  test("takes applications from its environment alone, and to it alone", () => {
    expect(specOf({}, "staging")).toMatchObject({
      sourceRepos: ["https://github.com/example/infrastructure"],
      sourceNamespaces: ["staging"],
      destinations: [{ server: "https://kubernetes.default.svc", namespace: "staging" }],
    });
  });

  test("lets nothing of the cluster be made, nor what the platform itself puts into an environment", () => {
    const { clusterResourceWhitelist, namespaceResourceBlacklist } = specOf({}, "staging");
    const kinds = (namespaceResourceBlacklist as { kind: string }[]).map(({ kind }) => kind);
    expect([clusterResourceWhitelist, kinds]).toEqual([[], ["ResourceQuota", "LimitRange", "Role", "RoleBinding"]]);
  });

  test("never syncs by itself where the environment is manual, whatever an application says", () => {
    expect(specOf({}, "staging")["syncWindows"]).toBeUndefined();
    expect(specOf({}, "production")["syncWindows"]).toEqual([
      { kind: "deny", schedule: "* * * * *", duration: "24h", applications: ["*"], manualSync: true },
    ]);
  });

  test("is made for a team in each environment that it has a right in", () => {
    const teams = { ...shop.teams, other: { github: "other", rights: {} } };
    expect(projects(platformSettings({ teams })).map(({ name }) => name)).toEqual([
      "staging",
      "staging-shop",
      "production",
      "production-shop",
    ]);
  });

  test("lets a team that deploys sync and restart what is its own", () => {
    expect(specOf({ ...shop, ...login }, "staging-shop")["roles"]).toEqual([
      {
        name: "deploy",
        groups: ["acme:shop-developers"],
        policies: ["applications, get", "logs, get", "applications, sync", "applications, action/apps/*/restart"].map(
          (right) => `p, proj:staging-shop:deploy, ${right}, staging-shop/staging/*, allow`,
        ),
      },
    ]);
  });

  test("lets a team that views only look", () => {
    expect(specOf({ ...shop, ...login }, "production-shop")["roles"]).toEqual([
      {
        name: "view",
        groups: ["acme:shop-developers"],
        policies: ["applications, get", "logs, get"].map(
          (right) => `p, proj:production-shop:view, ${right}, production-shop/production/*, allow`,
        ),
      },
    ]);
  });

  test("belongs to nobody's group where nobody logs in by GitHub", () => {
    expect(specOf(shop, "staging-shop")["roles"]).toEqual([expect.objectContaining({ groups: [] })]);
  });
});

const apiVersion = "argoproj.io/v1alpha1";

testDefinition("argo-cd-appproject.yaml", "AppProject")("the API server takes every project", (check) => {
  const all = projects(platformSettings({ ...shop, ...login }));
  const resources = all.map(({ spec }) => ({ apiVersion, kind: "AppProject", metadata: {}, spec }));
  expect(resources.flatMap(check)).toEqual([]);
});

testDefinition("argo-cd-application.yaml", "Application")("the API server takes every root application", (check) => {
  const specs = ["staging", "production"].map((name) => rootApplication(platformSettings(), name));
  const resources = specs.map((spec) => ({ apiVersion, kind: "Application", metadata: {}, spec }));
  expect(resources.flatMap(check)).toEqual([]);
});
