/** The charts among the resources of a platform. Pure. */

import type { PlatformResource } from "../platform-registrations";

/** A chart with the values that a platform gives it. */
export interface DeclaredChart {
  /** The release's name. */
  readonly release: string;
  readonly namespace: string;
  /** As helm is told it: a name in the repository, or an oci:// or https:// address of the chart's own. */
  readonly chart: string;
  /** The address of the repository's index. @default the chart says all */
  readonly repository?: string | undefined;
  readonly version: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface ChartInputs {
  readonly chart: string;
  readonly version: string;
  readonly namespace: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly repositoryOpts?: { readonly repo: string };
}

/** Every chart of a platform. */
export function declaredCharts(resources: readonly PlatformResource[]): readonly DeclaredChart[] {
  return resources
    .filter(({ type }) => type === "kubernetes:helm.sh/v4:Chart")
    .map(({ name, inputs }) => {
      const { repositoryOpts, ...chart } = inputs as unknown as ChartInputs;
      const { version, namespace, values } = chart;
      return { release: name, chart: chart.chart, version, namespace, values, repository: repositoryOpts?.repo };
    });
}

/** What a chart is called for people: `argo-cd 10.1.1`. */
export function titleOf({ chart, version }: DeclaredChart): string {
  const name = chart.split("/").at(-1) ?? chart;
  return `${name.replace(new RegExp(`-${version.replaceAll(".", "\\.")}\\.tgz$`), "")} ${version}`;
}

/** Where a chart is had from. */
export function addressOf({ chart, repository }: DeclaredChart): string {
  return repository ?? chart;
}

/** The same file: what one release has fetched serves another. */
export function sourceOf({ chart, repository = "", version }: DeclaredChart): string {
  return [repository, chart, version].join(" ");
}
