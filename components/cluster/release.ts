/** A chart of the platform in a namespace of the cluster. */

import { Chart } from "@pulumi/kubernetes/helm/v4/chart";
import type * as pulumi from "@pulumi/pulumi";
import { chartSource, type ChartName } from "../../settings/platform/charts";

/** What a release is made from besides its chart. */
export interface ReleaseArgs {
  readonly namespace: pulumi.Input<string>;
  /** What differs from the chart's own values. Secrets in it stay secret in the state. */
  readonly values: pulumi.Inputs;
  /** {@link chartSource}. @default the chart's own repository */
  readonly mirror?: string | undefined;
}

/**
 * Renders a chart and makes its objects, each of which a refresh then sees. Custom resource definitions are left out: they
 * are made before, outside the state, which they would fill. Hooks are left out too, because Pulumi runs none.
 */
export function release(name: ChartName, args: ReleaseArgs, options: pulumi.ComponentResourceOptions): Chart {
  const { chart, repository, version } = chartSource(name, args.mirror);
  const isRegistry = repository.startsWith("oci://");
  return new Chart(
    name,
    {
      chart: isRegistry ? `${repository}/${chart}` : chart,
      version,
      ...(isRegistry ? {} : { repositoryOpts: { repo: repository } }),
      namespace: args.namespace,
      skipCrds: true,
      values: args.values,
    },
    options,
  );
}
