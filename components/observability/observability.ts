/** What is watched of a platform, and where it is looked at: metrics, logs, traces, alerts, the audit. */

import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import * as pulumi from "@pulumi/pulumi";
import { platformTenant } from "../../settings/platform/audit";
import type { ChartName } from "../../settings/platform/charts";
import { derivedPassword } from "../../settings/platform/derived-password";
import { monitoringNamespace } from "../../settings/platform/monitoring";
import type { PlatformSettings } from "../../settings/platform/platform";
import type { PlatformSecrets } from "../../settings/platform/secrets";
import { bucketOf, type Bucket, type BucketsArgs } from "../cluster/bucket";
import { PlatformNamespace } from "../cluster/platform-namespace";
import { release } from "../cluster/release";
import { alertmanagerRoutes } from "./alertmanager-routes";
import { alerts } from "./alerts";
import { alloyEventsValues, alloyLogsValues } from "./alloy-values";
import { environmentDashboards, platformDashboards } from "./dashboards/dashboards";
import {
  grafanaAdminSecret,
  grafanaLoginSecret,
  grafanaName,
  grafanaValues,
  type GrafanaOwner,
} from "./grafana-values";
import { lokiValues } from "./loki-values";
import { alertmanagerSecret, prometheusValues } from "./prometheus-values";
import { nodeAgentsNamespace } from "./services";
import { tempoValues } from "./tempo-values";

/** What it is made from. */
export interface ObservabilityArgs {
  readonly stack: string;
  readonly settings: PlatformSettings;
  readonly secrets: PlatformSecrets;
  /** Where logs and traces are kept. @default on volumes of the cluster, for one that is not Linode's */
  readonly buckets?: BucketsArgs | undefined;
}

/** All of it. The definitions of its custom resources, and cert-manager, are there before. */
export class Observability extends pulumi.ComponentResource {
  /** The names of its namespaces, once they are there. */
  readonly namespaces: { readonly monitoring: pulumi.Output<string>; readonly nodeAgents: pulumi.Output<string> };

  constructor(
    name: string,
    private readonly args: ObservabilityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("groundwork:observability:Observability", name, {}, opts);
    const { settings, stack } = args;
    const { namespace } = new PlatformNamespace(monitoringNamespace, { podSecurity: "restricted" }, { parent: this });
    const agents = new PlatformNamespace(nodeAgentsNamespace, { podSecurity: "privileged" }, { parent: this });
    this.namespaces = { monitoring: namespace, nodeAgents: agents.namespace };
    const source = { stack, environments: Object.keys(settings.environments) };

    this.secret(alertmanagerSecret, namespace, { "alertmanager.yaml": alertmanagerRoutes(args.secrets.alertWebhook) });
    const prometheus = this.release("prometheus", namespace, prometheusValues(settings), [agents]);
    this.release("loki", namespace, lokiValues(settings, this.bucket("logs", namespace)));
    this.release("tempo", namespace, tempoValues(settings, this.bucket("traces", namespace)));
    this.release("alloy", agents.namespace, alloyLogsValues(source), [], "alloy-logs");
    this.release("alloy", namespace, alloyEventsValues(source), [], "alloy-events");
    this.grafanas(namespace);
    // Its webhook looks at them.
    new CustomResource(
      `${name}-alerts`,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: "groundwork", namespace },
        spec: alerts,
      },
      { parent: this, dependsOn: [prometheus] },
    );
    this.registerOutputs({});
  }

  /** One for the platform and one for each environment, with a password of its own that nobody needs to know. */
  private grafanas(namespace: pulumi.Output<string>): void {
    const { settings, secrets } = this.args;
    if (settings.gitops.githubOrganization !== undefined) {
      this.secret(grafanaLoginSecret, namespace, {
        GF_AUTH_GITHUB_CLIENT_ID: secrets.githubClientId ?? "",
        GF_AUTH_GITHUB_CLIENT_SECRET: secrets.githubClientSecret ?? "",
      });
    }
    const owners: readonly GrafanaOwner[] = [platformTenant, ...Object.keys(settings.environments)];
    for (const owner of owners) {
      const dashboards = owner === platformTenant ? platformDashboards : environmentDashboards;
      this.secret(grafanaAdminSecret(owner), namespace, {
        "admin-user": "admin",
        "admin-password": derivedPassword(secrets.seed, grafanaAdminSecret(owner)),
      });
      this.release("grafana", namespace, grafanaValues({ settings, owner, dashboards }), [], grafanaName(owner));
    }
  }

  private secret(name: string, namespace: pulumi.Input<string>, data: Readonly<Record<string, string>>): void {
    new Secret(name, { metadata: { name, namespace }, stringData: pulumi.secret({ ...data }) }, { parent: this });
  }

  private bucket(what: string, namespace: pulumi.Input<string>): Bucket | undefined {
    const { buckets } = this.args;
    return buckets === undefined ? undefined : bucketOf(what, { ...buckets, namespace }, this);
  }

  private release(
    of: ChartName,
    namespace: pulumi.Input<string>,
    values: object,
    dependsOn: pulumi.Resource[] = [],
    name: string = of,
  ): pulumi.Resource {
    const { mirror } = this.args.settings.charts;
    return release(of, { name, namespace, values: { ...values }, mirror }, { parent: this, dependsOn });
  }
}
