/** The chart that makes an environment's applications, as ArgoCD's root applications render it. */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { rootApplication } from "../../../components/gitops/root-application";
import { projects } from "../../../components/gitops/projects";
import { renderedFolder, runHelm, testHelm, type RenderedObject, type Values } from "../components/chart-values";
import { testDefinition } from "../components/definitions";
import { platformSettings, type GivenPlatform } from "../components/platform-settings";

const repository = resolve(__dirname, "../../..");
const chart = join(repository, "gitops/apps");
const fileOf = (environment: string) => parse(readFileSync(join(chart, `${environment}.yaml`), "utf8")) as Values;

/** What ArgoCD gives to helm: the environment's file, and the root application's values over it. */
function applications(environment: string, given: GivenPlatform = {}, file = fileOf(environment)): RenderedObject[] {
  const { valuesObject } = rootApplication(platformSettings(given), environment).source.helm;
  return renderedFolder(chart, environment, { ...file, ...valuesObject }, environment);
}

const specOf = (object: RenderedObject) => object["spec"] as Values;
const service = { chart: "charts/sample-service" };
const itIs = testHelm();

test("its folder is where the settings say that it is", () => {
  expect(rootApplication(platformSettings(), "staging").source.path).toBe("gitops/apps");
});

itIs("passes helm's own checks", () => {
  expect(runHelm(["lint", "--strict", chart, "--values", "-"], JSON.stringify(everything))).toContain(
    "0 chart(s) failed",
  );
});

const { valuesObject: everything } = rootApplication(platformSettings(), "staging").source.helm;

itIs.each(["staging", "production"])("%s has the sample service, in its own namespace and project", (environment) => {
  const [application, ...others] = applications(environment);
  expect(others).toEqual([]);
  expect(application).toMatchObject({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "sample-service", namespace: environment },
    spec: {
      project: environment,
      source: {
        repoURL: "https://github.com/example/infrastructure",
        targetRevision: "main",
        path: "gitops/charts/sample-service",
        helm: { valuesObject: { platform: { environment, host: `${environment}.example.com` } } },
      },
      destination: { namespace: environment },
    },
  });
});

itIs("only an automatic environment syncs its applications by itself", () => {
  const [staging, production] = ["staging", "production"].map((name) => specOf(applications(name)[0]!)["syncPolicy"]);
  expect(staging).toMatchObject({ automated: { prune: true, selfHeal: true } });
  expect(production).not.toHaveProperty("automated");
});

itIs("a team's application is in the team's project, which there is", () => {
  const teams = { shop: { github: "shop", rights: { staging: "deploy" } } };
  const [application] = applications("staging", { teams }, { applications: { web: { ...service, team: "shop" } } });
  const { project } = specOf(application!);
  expect(project).toBe("staging-shop");
  expect(projects(platformSettings({ teams })).map(({ name }) => name)).toContain(project);
});

itIs("an application is of the wave and the revision that its entry says", () => {
  const [application] = applications(
    "staging",
    {},
    { applications: { web: { ...service, wave: -2, revision: "v3" } } },
  );
  expect(application?.metadata["annotations"]).toEqual({ "argocd.argoproj.io/sync-wave": "-2" });
  expect(specOf(application!)["source"]).toMatchObject({ targetRevision: "v3" });
});

itIs("an environment without a file has no applications", () => {
  expect(applications("staging", {}, {})).toEqual([]);
});

itIs("what an entry says cannot take the place of the platform's own", () => {
  const values = { platform: { environment: "production" } };
  const [application] = applications("staging", {}, { applications: { web: { ...service, values } } });
  expect(specOf(application!)["source"]).toMatchObject({
    helm: { valuesObject: { platform: { environment: "staging", host: "staging.example.com" } } },
  });
});

itIs.each<[string, Values, RegExp]>([
  ["an application without a chart", { web: { wave: 1 } }, /chart/],
  ["a key that there is not", { web: { ...service, wafe: 1 } }, /wafe/],
  ["a wave that is no number", { web: { ...service, wave: "first" } }, /integer/],
  ["a name that is none of Kubernetes'", { "Web Shop": service }, /Web Shop/],
])("is refused: %s", (_, entries, why) => {
  expect(() => applications("staging", {}, { applications: entries })).toThrow(why);
});

testDefinition(
  "argo-cd-application.yaml",
  "Application",
  itIs,
)("the API server takes what is rendered", (check) => {
  const spec = { ...service, values: { replicas: { min: 2, max: 4 } } };
  const all = applications("staging", {}, { applications: { web: spec, shop: { ...spec, team: "shop", wave: 2 } } });
  expect(all.flatMap(check)).toEqual([]);
});
