/** ArgoCD, its projects, and the application that makes all others of each environment. */

import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { derivedPassword } from "../../settings/platform/derived-password";
import type { PlatformSettings } from "../../settings/platform/platform";
import type { PlatformSecrets } from "../../settings/platform/secrets";
import { PlatformNamespace } from "../cluster/platform-namespace";
import { release } from "../cluster/release";
import { argocdValues, githubSecret } from "./argocd-values";
import { notificationsSecret } from "./notifications";
import { projects } from "./projects";
import { repositoryData } from "./repository-secret";
import { cascade, rootApplication } from "./root-application";

/** What it is made from. */
export interface GitOpsArgs {
  readonly settings: PlatformSettings;
  readonly secrets: PlatformSecrets;
  /** Whether the engine refuses to delete the environments' applications. */
  readonly protect: boolean;
}

const apiVersion = "argoproj.io/v1alpha1";
const name = "argocd";

/** What goes from Git into the cluster, and by whose leave. */
export class GitOps extends pulumi.ComponentResource {
  /** The namespace's name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(componentName: string, args: GitOpsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:gitops:GitOps", componentName, {}, opts);
    const { settings, secrets, protect } = args;
    const { namespace } = new PlatformNamespace(name, { podSecurity: "restricted" }, { parent: this });
    this.namespace = namespace;
    const made = secretsOf(settings, secrets).map(
      ({ name: secretName, labels, data }) =>
        new Secret(
          secretName,
          { metadata: { name: secretName, namespace, labels: { ...labels } }, stringData: pulumi.secret({ ...data }) },
          { parent: this },
        ),
    );
    const values = argocdValues({ settings, tellsFailures: secrets.alertWebhook !== undefined });
    const chart = release(
      name,
      { namespace, values, mirror: settings.charts.mirror },
      { parent: this, dependsOn: made },
    );
    const projectResources = projects(settings).map(
      (project) =>
        new CustomResource(
          `project-${project.name}`,
          { apiVersion, kind: "AppProject", metadata: { name: project.name, namespace }, spec: project.spec },
          { parent: this },
        ),
    );
    for (const environment of Object.keys(settings.environments)) {
      new CustomResource(
        `root-${environment}`,
        {
          apiVersion,
          kind: "Application",
          // Its deletion waits until ArgoCD has deleted what it made; afterwards nobody would.
          metadata: { name: environment, namespace, finalizers: [cascade] },
          spec: rootApplication(settings, environment),
        },
        { parent: this, dependsOn: [chart, ...projectResources], protect },
      );
    }
    this.registerOutputs({});
  }
}

/** A Secret that the chart looks for by its name. */
interface NamedSecret {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** ArgoCD reads only Secrets that say that they are its own. */
const ofArgocd = { "app.kubernetes.io/part-of": name };

function secretsOf({ gitops }: PlatformSettings, secrets: PlatformSecrets): NamedSecret[] {
  const { seed, repository, githubClientId, githubClientSecret, alertWebhook } = secrets;
  const hasLogin = gitops.githubOrganization !== undefined;
  return [
    { name: "argocd-redis", labels: ofArgocd, data: { auth: derivedPassword(seed, "argocd redis") } },
    ...(repository === undefined
      ? []
      : [
          {
            name: "argocd-repository",
            labels: { ...ofArgocd, "argocd.argoproj.io/secret-type": "repository" },
            data: repositoryData(gitops.repository, repository),
          },
        ]),
    ...(hasLogin && githubClientId !== undefined && githubClientSecret !== undefined
      ? [{ name: githubSecret, labels: ofArgocd, data: { clientId: githubClientId, clientSecret: githubClientSecret } }]
      : []),
    ...(alertWebhook === undefined
      ? []
      : [{ name: notificationsSecret.name, labels: ofArgocd, data: { [notificationsSecret.key]: alertWebhook } }]),
  ];
}
