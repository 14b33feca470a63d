/** ArgoCD and its projects. */

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

/** What it is made from. */
export interface GitOpsArgs {
  readonly settings: PlatformSettings;
  readonly secrets: PlatformSecrets;
}

const name = "argocd";

/** What brings things from Git into the cluster, and by whose leave. */
export class GitOps extends pulumi.ComponentResource {
  /** The namespace's name, once it is there. */
  readonly namespace: pulumi.Output<string>;

  constructor(componentName: string, args: GitOpsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("groundwork:gitops:GitOps", componentName, {}, opts);
    const { settings, secrets } = args;
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
    release(name, { namespace, values, mirror: settings.charts.mirror }, { parent: this, dependsOn: made });
    for (const project of projects(settings)) {
      new CustomResource(
        `project-${project.name}`,
        {
          apiVersion: "argoproj.io/v1alpha1",
          kind: "AppProject",
          metadata: { name: project.name, namespace },
          spec: project.spec,
        },
        { parent: this },
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
