/** A chart of the platform in a namespace of the cluster. */

import { Chart } from "@pulumi/kubernetes/helm/v4/chart";
import type * as pulumi from "@pulumi/pulumi";
import { chartSource, type ChartName, type ChartSource } from "../../settings/platform/charts";

/** What a release is made from besides its chart. */
export interface ReleaseArgs {
  /** For a chart that is there more than once. @default the chart's name here */
  readonly name?: string;
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
export function release(of: ChartName, args: ReleaseArgs, options: pulumi.ComponentResourceOptions): Chart {
  return new Chart(
    args.name ?? of,
    {
      ...sourceInputs(chartSource(of, args.mirror)),
      namespace: args.namespace,
      skipCrds: true,
      values: args.values,
    },
    { ...options, transforms: [withoutServiceWait] },
  );
}

/**
 * For every Service the plugin waits ten seconds more, to see whether it settles. What is behind one is waited for as a
 * workload; only a load balancer's address comes from elsewhere.
 */
export function withoutServiceWait({
  type,
  props,
  opts,
}: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  const { metadata, spec } = props as { metadata?: Metadata; spec?: { type?: unknown } };
  if (type !== "kubernetes:core/v1:Service" || spec?.type === "LoadBalancer") return undefined;
  const annotations = { ...metadata?.annotations, "pulumi.com/skipAwait": "true" };
  return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
}

interface Metadata {
  readonly annotations?: Readonly<Record<string, unknown>>;
}

function sourceInputs({ chart, repository, version, isFolder = false }: ChartSource) {
  if (repository.startsWith("oci://")) return { chart: `${repository}/${chart}`, version };
  if (isFolder) return { chart: `${repository}/${chart}-${version}.tgz`, version };
  return { chart, version, repositoryOpts: { repo: repository } };
}
